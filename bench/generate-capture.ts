/**
 * Writes a capture of made-up traffic, the same for the same seed:
 * `node bench/generate-capture.ts KIND FILE [PACKETS] [SEED] [--seconds N] [--snaplen N]`, KIND one of `mixed`, `mixed6`,
 * `flood`, `elephant`; FILE may be `-`. Packets are whole unless `--snaplen` cuts them.
 */
import { parseArgs } from 'node:util';
import { createCaptureWriter } from './capture-writer.ts';
import { writeElephant } from './elephant.ts';
import { writeFlood } from './flood.ts';
import { writeMixedTraffic } from './mixed-traffic.ts';
import { createSeededRandom } from './seeded-random.ts';

export const CAPTURE_KINDS = ['mixed', 'mixed6', 'flood', 'elephant'] as const;
export type CaptureKind = (typeof CAPTURE_KINDS)[number];

/** The packets of a capture, and the packet time that so many take. */
export const USUAL_SIZE: Readonly<Record<CaptureKind, { readonly packets: number; readonly seconds: number }>> = {
  mixed: { packets: 3_000_000, seconds: 75 },
  mixed6: { packets: 3_000_000, seconds: 75 },
  flood: { packets: 1_000_000, seconds: 20 },
  // Below the 120 s at which a flow is cut.
  elephant: { packets: 1_000_000, seconds: 100 },
};

/** What to write. */
export interface CaptureOptions {
  readonly packets: number;
  readonly seed: number;
  /** Packet time from the first to the last packet, about; by default at the usual rate of its kind. */
  readonly seconds?: number | undefined;
  /** Bytes kept of a packet; by default all. */
  readonly snaplen?: number | undefined;
}

const START_US = 1_760_000_000_000_000;
const WHOLE = 262_144;

/** Writes the capture to a path, or to standard output for `-`. */
export function generateCapture(kind: CaptureKind, path: string, options: CaptureOptions): void {
  const { packets, seed, snaplen = WHOLE } = options;
  const usual = USUAL_SIZE[kind];
  const seconds = options.seconds ?? (usual.seconds * packets) / usual.packets;
  const schedule = { packets, startUs: START_US, stepUs: (seconds * 1e6) / packets };
  const writer = createCaptureWriter(path, snaplen);
  const random = createSeededRandom(seed);
  switch (kind) {
    case 'mixed':
    case 'mixed6':
      writeMixedTraffic(writer, random, { ...schedule, isIpv6: kind === 'mixed6' });
      break;
    case 'flood':
      writeFlood(writer, random, schedule);
      break;
    case 'elephant':
      writeElephant(writer, random, schedule);
      break;
  }
  writer.close();
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: 'string' }, snaplen: { type: 'string' } },
  });
  const kind = CAPTURE_KINDS.find((name) => name === positionals[0]);
  const [, path, packets, seed = '1'] = positionals;
  if (kind === undefined || path === undefined) {
    const kinds = CAPTURE_KINDS.join('|');
    process.stderr.write(`usage: generate-capture.ts ${kinds} FILE [PACKETS] [SEED] [--seconds N] [--snaplen N]\n`);
    process.exitCode = 2;
    return;
  }
  generateCapture(kind, path, {
    packets: Number(packets ?? USUAL_SIZE[kind].packets),
    seed: Number(seed),
    seconds: numberOf(values.seconds),
    snaplen: numberOf(values.snaplen),
  });
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

if (import.meta.main) main();
