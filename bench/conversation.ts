import type { CaptureWriter } from './capture-writer.ts';
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_SYN } from './frame.ts';
import { LONGEST_PAYLOAD } from './payload.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A conversation that is going on. */
export interface Conversation {
  readonly client: Party;
  readonly server: Party;
  readonly protocol: 6 | 17;
  /** Packets it will have. */
  readonly length: number;
  sent: number;
  /** Segments that the server still owes to the last request. */
  owedSegments: number;
  /** Segments that the client has not acknowledged. */
  unacknowledged: number;
  /** The last segment, when it is to be sent again. */
  lost: Segment | null;
}

interface Party {
  readonly address: readonly number[];
  readonly port: number;
  sequence: number;
}

interface Segment {
  readonly isClient: boolean;
  readonly flags: number;
  readonly payload: number;
}

const SERVICES = [80, 443, 443, 443, 8080, 5432, 6379];
const CLIENTS = 4096;
const SERVERS = 256;
const DNS_SHARE = 0.2;
const UNANSWERED_SHARE = 0.1;
const LOST_SHARE = 0.01;
const MEAN_RESPONSE_SEGMENTS = 3.2;

/** A connection to a web server or a database (70 %), a DNS look-up (20 %), or an attempt that nobody answers (10 %). */
export function startConversation(random: SeededRandom, isIpv6: boolean): Conversation {
  const kind = random.next();
  const isDns = kind < DNS_SHARE;
  const isUnanswered = kind >= 1 - UNANSWERED_SHARE;
  const service = isUnanswered ? random.below(65_536) : SERVICES[random.below(SERVICES.length)];
  return {
    client: startParty(random, addressOf(isIpv6, 0x0a01_0000 + random.below(CLIENTS)), 1024 + random.below(64_000)),
    server: startParty(random, addressOf(isIpv6, 0x0a02_0000 + random.below(SERVERS)), isDns ? 53 : service),
    protocol: isDns ? 17 : 6,
    length: isDns ? 2 : isUnanswered ? 1 : connectionLength(random),
    sent: 0,
    owedSegments: 0,
    unacknowledged: 0,
    lost: null,
  };
}

/** Writes its next packet and tells whether it was the last one. */
export function writeNextPacket(
  writer: CaptureWriter,
  random: SeededRandom,
  conversation: Conversation,
  timeUs: number,
): boolean {
  const { lost } = conversation;
  const left = conversation.length - conversation.sent;
  if (lost !== null && left > 3) {
    // What was lost goes out as it was: its sender's sequence number has not moved yet.
    write(writer, conversation, timeUs, lost);
    conversation.lost = null;
    moveOn(conversation, lost);
  } else {
    const segment =
      conversation.protocol === 17 ? nextDatagram(random, conversation) : nextSegment(random, conversation);
    write(writer, conversation, timeUs, segment);
    const isLost = conversation.protocol === 6 && segment.payload > 0 && random.next() < LOST_SHARE && left > 4;
    if (isLost) conversation.lost = segment;
    else moveOn(conversation, segment);
  }
  conversation.sent++;
  return conversation.sent === conversation.length;
}

/** Most connections are short, one in ten is long. Counts the handshake and the end. */
function connectionLength(random: SeededRandom): number {
  const mean = random.next() < 0.1 ? 124 : 12;
  return 7 + exponential(random, mean);
}

function exponential(random: SeededRandom, mean: number): number {
  return Math.floor(-Math.log(1 - random.next()) * mean);
}

function nextDatagram(random: SeededRandom, { sent }: Conversation): Segment {
  const isClient = sent === 0;
  return { isClient, flags: 0, payload: isClient ? 30 + random.below(30) : 60 + random.below(300) };
}

function nextSegment(random: SeededRandom, conversation: Conversation): Segment {
  const { sent, length } = conversation;
  if (sent === 0) return { isClient: true, flags: TCP_SYN, payload: 0 };
  if (sent === 1) return { isClient: false, flags: TCP_SYN | TCP_ACK, payload: 0 };
  if (sent === 2) return { isClient: true, flags: TCP_ACK, payload: 0 };
  if (length - sent === 3) return { isClient: true, flags: TCP_FIN | TCP_ACK, payload: 0 };
  if (length - sent === 2) return { isClient: false, flags: TCP_FIN | TCP_ACK, payload: 0 };
  if (length - sent === 1) return { isClient: true, flags: TCP_ACK, payload: 0 };
  return nextOfExchange(random, conversation);
}

/** A request, then the segments of its response, every second one acknowledged. */
function nextOfExchange(random: SeededRandom, conversation: Conversation): Segment {
  if (conversation.unacknowledged === 2) {
    conversation.unacknowledged = 0;
    return { isClient: true, flags: TCP_ACK, payload: 0 };
  }
  if (conversation.owedSegments === 0) {
    conversation.owedSegments = 1 + exponential(random, MEAN_RESPONSE_SEGMENTS);
    conversation.unacknowledged = 0;
    return { isClient: true, flags: TCP_PSH | TCP_ACK, payload: 60 + random.below(540) };
  }
  conversation.owedSegments--;
  conversation.unacknowledged++;
  if (conversation.owedSegments > 0) return { isClient: false, flags: TCP_ACK, payload: LONGEST_PAYLOAD };
  return { isClient: false, flags: TCP_PSH | TCP_ACK, payload: 1 + random.below(LONGEST_PAYLOAD) };
}

function write(writer: CaptureWriter, conversation: Conversation, timeUs: number, segment: Segment): void {
  const from = segment.isClient ? conversation.client : conversation.server;
  const to = segment.isClient ? conversation.server : conversation.client;
  writer.write({
    timeUs,
    source: from.address,
    destination: to.address,
    sourcePort: from.port,
    destinationPort: to.port,
    protocol: conversation.protocol,
    flags: segment.flags,
    sequence: from.sequence,
    acknowledgement: (segment.flags & TCP_ACK) === 0 ? 0 : to.sequence,
    hasTimestamps: true,
    payload: segment.payload,
  });
}

/** SYN and FIN take a sequence number too. */
function moveOn(conversation: Conversation, { isClient, flags, payload }: Segment): void {
  const from = isClient ? conversation.client : conversation.server;
  from.sequence = (from.sequence + payload + ((flags & (TCP_SYN | TCP_FIN)) === 0 ? 0 : 1)) | 0;
}

function startParty(random: SeededRandom, address: readonly number[], port: number): Party {
  return { address, port, sequence: random.word() };
}

function addressOf(isIpv6: boolean, host: number): number[] {
  return isIpv6 ? [0xfd00_0000 | 0, 0, 0, host] : [host];
}
