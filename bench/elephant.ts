import type { CaptureWriter } from './capture-writer.ts';
import { TCP_ACK, TCP_SYN } from './frame.ts';
import { LONGEST_PAYLOAD } from './payload.ts';
import type { Schedule } from './schedule.ts';
import type { SeededRandom } from './seeded-random.ts';

const CLIENT = { address: [0x0a00_0002], port: 50_000 };
const SERVER = { address: [0x0a00_0001], port: 443 };

/** One download at an even pace: a handshake, then full segments, and an acknowledgement for every second of them. */
export function writeElephant(writer: CaptureWriter, random: SeededRandom, schedule: Schedule): void {
  let clientSequence = random.word();
  let serverSequence = random.word();
  for (let i = 0; i < schedule.packets; i++) {
    const isClient = i === 0 || i === 2 || (i > 2 && i % 3 === 2);
    const payload = i > 2 && !isClient ? LONGEST_PAYLOAD : 0;
    const from = isClient ? CLIENT : SERVER;
    const to = isClient ? SERVER : CLIENT;
    writer.write({
      timeUs: schedule.startUs + Math.floor(i * schedule.stepUs),
      source: from.address,
      destination: to.address,
      sourcePort: from.port,
      destinationPort: to.port,
      protocol: 6,
      flags: (i < 2 ? TCP_SYN : 0) | (i > 0 ? TCP_ACK : 0),
      sequence: isClient ? clientSequence : serverSequence,
      acknowledgement: i === 0 ? 0 : isClient ? serverSequence : clientSequence,
      hasTimestamps: true,
      payload,
    });
    if (isClient) clientSequence = (clientSequence + (i === 0 ? 1 : 0)) | 0;
    else serverSequence = (serverSequence + (i === 1 ? 1 : payload)) | 0;
  }
}
