/**
 * Writes a capture of made-up traffic that is the same for the same seed:
 * `node bench/generate-capture.ts mixed|mixed6|flood|elephant FILE [PACKETS] [SEED]`; FILE may be `-`.
 */
import { createCaptureWriter, type CaptureWriter } from './capture-writer.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import { writeMixedTraffic } from './mixed-traffic.ts';

export const CAPTURE_KINDS = ['mixed', 'mixed6', 'flood', 'elephant'] as const;
export type CaptureKind = (typeof CAPTURE_KINDS)[number];

const START_US = 1_760_000_000_000_000;
const SYN = 0x02;
const ACK = 0x10;
const PSH_ACK = 0x18;

/** Writes about `packets` packets. */
export function generateCapture(kind: CaptureKind, path: string, packets: number, seed: number): void {
  const writer = createCaptureWriter(path);
  const random = createSeededRandom(seed);
  if (kind === 'flood') writeFlood(writer, random, packets);
  else if (kind === 'elephant') writeElephant(writer, random, packets);
  else writeMixedTraffic(writer, random, { packets, startUs: START_US, ipv6: kind === 'mixed6' });
  writer.close();
}

/** SYNs from spoofed sources, 50,000 a second, to one server. */
function writeFlood(writer: CaptureWriter, random: SeededRandom, packets: number): void {
  for (let i = 0; i < packets; i++) {
    writer.write({
      timeUs: START_US + i * 20,
      source: [random.word()],
      destination: [0x0a00_0001],
      sourcePort: 1024 + random.below(64_000),
      destinationPort: 80,
      protocol: 6,
      flags: SYN,
      sequence: random.word(),
      acknowledgement: 0,
      payload: 0,
    });
  }
}

/** One download: full segments one way, an acknowledgement for every second of them, within 100 seconds. */
function writeElephant(writer: CaptureWriter, random: SeededRandom, packets: number): void {
  const stepUs = Math.max(1, Math.floor(100_000_000 / packets));
  const ends = { client: [0x0a00_0002], server: [0x0a00_0001] };
  let sequence = random.word();
  for (let i = 0; i < packets; i++) {
    const isData = i % 3 !== 2;
    writer.write({
      timeUs: START_US + i * stepUs,
      source: isData ? ends.server : ends.client,
      destination: isData ? ends.client : ends.server,
      sourcePort: isData ? 443 : 50_000,
      destinationPort: isData ? 50_000 : 443,
      protocol: 6,
      flags: isData ? PSH_ACK : ACK,
      sequence: isData ? sequence : 1,
      acknowledgement: isData ? 1 : sequence,
      payload: isData ? 1448 : 0,
    });
    if (isData) sequence = (sequence + 1448) | 0;
  }
}

if (import.meta.main) {
  const [kind, path, packets = '1000000', seed = '1'] = process.argv.slice(2);
  const known = CAPTURE_KINDS.find((name) => name === kind);
  if (known === undefined || path === undefined) {
    process.stderr.write(`usage: generate-capture.ts ${CAPTURE_KINDS.join('|')} FILE [PACKETS] [SEED]\n`);
    process.exitCode = 2;
  } else generateCapture(known, path, Number(packets), Number(seed));
}
