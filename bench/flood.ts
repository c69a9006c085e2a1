import type { CaptureWriter } from './capture-writer.ts';
import { TCP_SYN } from './frame.ts';
import type { Schedule } from './schedule.ts';
import type { SeededRandom } from './seeded-random.ts';

const SERVER = [0x0a00_0001];

/** SYNs to one server at an even pace, each from a source of its own (as long as there are addresses: 2^32). */
export function writeFlood(writer: CaptureWriter, random: SeededRandom, schedule: Schedule): void {
  const first = random.word();
  for (let i = 0; i < schedule.packets; i++) {
    writer.write({
      timeUs: schedule.startUs + Math.floor(i * schedule.stepUs),
      source: [scatter(first + i)],
      destination: SERVER,
      sourcePort: 1024 + random.below(64_000),
      destinationPort: 80,
      protocol: 6,
      flags: TCP_SYN,
      sequence: random.word(),
      acknowledgement: 0,
      hasTimestamps: false,
      payload: 0,
    });
  }
}

/** Another 32-bit word for each word: every step can be undone, so no two meet. */
function scatter(word: number): number {
  let mixed = word | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
  return mixed ^ (mixed >>> 15);
}
