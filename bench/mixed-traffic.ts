import type { CaptureWriter } from './capture-writer.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A conversation that is going on. */
interface Conversation {
  readonly client: readonly number[];
  readonly server: readonly number[];
  readonly clientPort: number;
  readonly serverPort: number;
  readonly protocol: 6 | 17;
  /** Packets it will have. */
  readonly length: number;
  sent: number;
  clientSequence: number;
  serverSequence: number;
}

const CONCURRENT = 4000;
/** Mean time between two packets: 40,000 packets a second. */
const STEP_US = 25;
const SERVICES = [80, 443, 443, 443, 8080, 5432, 6379];

/**
 * Web and database connections (70 %), DNS look-ups (20 %) and unanswered connection attempts (10 %), 20 packets a
 * conversation on average, some segments sent twice.
 */
export function writeMixedTraffic(
  writer: CaptureWriter,
  random: SeededRandom,
  options: { readonly packets: number; readonly startUs: number; readonly ipv6: boolean },
): void {
  const open = Array.from({ length: CONCURRENT }, () => startConversation(random, options.ipv6));
  let timeUs = options.startUs;
  for (let written = 0; written < options.packets; written++) {
    const place = random.below(CONCURRENT);
    const conversation = open[place];
    timeUs += random.below(STEP_US * 2);
    if (conversation.protocol === 17) writeDatagram(writer, random, conversation, timeUs);
    else writeSegment(writer, random, conversation, timeUs);
    conversation.sent++;
    if (conversation.sent >= conversation.length) open[place] = startConversation(random, options.ipv6);
  }
}

function startConversation(random: SeededRandom, ipv6: boolean): Conversation {
  const kind = random.next();
  const isDns = kind < 0.2;
  const isAttempt = kind >= 0.9;
  const length = isDns ? 2 : isAttempt ? 1 : 7 + Math.floor(-Math.log(1 - random.next()) * 21);
  return {
    client: address(ipv6, 0x0a01_0000 | random.below(4096)),
    server: address(ipv6, 0x0a02_0000 | random.below(256)),
    clientPort: 1024 + random.below(64_000),
    serverPort: isDns ? 53 : isAttempt ? random.below(65_536) : SERVICES[random.below(SERVICES.length)],
    protocol: isDns ? 17 : 6,
    length,
    sent: 0,
    clientSequence: random.word(),
    serverSequence: random.word(),
  };
}

function address(ipv6: boolean, host: number): number[] {
  return ipv6 ? [0xfd00_0000 | 0, 0, 0, host] : [host];
}

function writeDatagram(writer: CaptureWriter, random: SeededRandom, of: Conversation, timeUs: number): void {
  send(writer, of, timeUs, of.sent % 2 === 0, 0, 20 + random.below(200));
}

function writeSegment(writer: CaptureWriter, random: SeededRandom, of: Conversation, timeUs: number): void {
  const left = of.length - of.sent;
  if (of.sent === 0) send(writer, of, timeUs, true, 0x02, 0);
  else if (of.sent === 1) send(writer, of, timeUs, false, 0x12, 0);
  else if (of.sent === 2) send(writer, of, timeUs, true, 0x10, 0);
  else if (left === 3) send(writer, of, timeUs, true, 0x11, 0);
  else if (left === 2) send(writer, of, timeUs, false, 0x11, 0);
  else if (left === 1) send(writer, of, timeUs, true, 0x10, 0);
  else if (random.next() < 0.35) send(writer, of, timeUs, true, 0x18, 40 + random.below(400), random.next() < 0.01);
  else send(writer, of, timeUs, false, 0x18, 200 + random.below(1249), random.next() < 0.01);
}

function send(
  writer: CaptureWriter,
  of: Conversation,
  timeUs: number,
  fromClient: boolean,
  flags: number,
  payload: number,
  isLost = false,
): void {
  const sequence = fromClient ? of.clientSequence : of.serverSequence;
  const acknowledgement = fromClient ? of.serverSequence : of.clientSequence;
  writer.write({
    timeUs,
    source: fromClient ? of.client : of.server,
    destination: fromClient ? of.server : of.client,
    sourcePort: fromClient ? of.clientPort : of.serverPort,
    destinationPort: fromClient ? of.serverPort : of.clientPort,
    protocol: of.protocol,
    flags,
    sequence,
    acknowledgement: (flags & 0x10) === 0 ? 0 : acknowledgement,
    payload,
  });
  if (isLost) return;
  const advance = payload + ((flags & 0x03) === 0 ? 0 : 1);
  if (fromClient) of.clientSequence = (sequence + advance) | 0;
  else of.serverSequence = (sequence + advance) | 0;
}
