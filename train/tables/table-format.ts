import { z } from 'zod';
import { FAMILIES } from '#core/family.ts';
import { CIC_WIDTH } from '#core/feature-batch.ts';
import { CIC_VALUE_COLUMNS } from '#features/cic/columns.ts';
import { Truth } from '../../lab/truth.ts';
import { KEPT_CIC_COLUMNS } from './cic-columns.ts';
import type { NumberKind } from './packed-numbers.ts';
import { REFERENCES } from './reference-rows.ts';

/**
 * A table file: these eight bytes, the compressed header's length in four (little-endian), the header (JSON), the
 * addresses (16 bytes each, in planes), then the packed columns in the header's order. Compression is Brotli.
 */
export const TABLE_MAGIC = 'KSFLOWS1';

/** What happened in the run: the lab's ground truth. */
export const RunFacts = Truth.omit({ version: true });
export type RunFacts = z.infer<typeof RunFacts>;

/** How a capture was cut out of the run's: all of it; one machine's packets; those between two; the first few of such. */
export const CAPTURE_KINDS = ['whole', 'machine', 'pair', 'first'] as const;
export type CaptureKind = (typeof CAPTURE_KINDS)[number];

/** What of an attack lies in a capture. Times are of its first and last packet there, microseconds since the epoch. */
export const CaptureAttack = z.strictObject({
  /** Index into the run's attacks. */
  attack: z.int().min(0),
  family: z.enum(FAMILIES),
  /** Packets of both directions. */
  packets: z.int().positive(),
  startUs: z.number(),
  endUs: z.number(),
});
export type CaptureAttack = z.infer<typeof CaptureAttack>;

/** One capture of a run: the whole, or a crop. Times are of its first and last packet, microseconds since the epoch. */
export const CaptureFacts = z.strictObject({
  name: z.string(),
  kind: z.enum(CAPTURE_KINDS),
  /** Addresses whose packets were selected: none for the whole, else one or two. */
  machines: z.array(z.string()),
  packets: z.int(),
  startUs: z.number(),
  endUs: z.number(),
  attacks: z.array(CaptureAttack),
  rows: z.int(),
});
export type CaptureFacts = z.infer<typeof CaptureFacts>;

/** One packed column: how its rows are compared, and its bytes in the file. */
export const ColumnFacts = z.strictObject({
  name: z.string(),
  by: z.enum(REFERENCES),
  bytes: z.int().min(0),
});
export type ColumnFacts = z.infer<typeof ColumnFacts>;

/** What a table was made of, so that one that is up to date is not made again. */
export const TableSource = z.strictObject({
  captureBytes: z.int(),
  /** SHA-256 of truth.json, hexadecimal. */
  truth: z.string(),
});
export type TableSource = z.infer<typeof TableSource>;

export const TableHeader = z.strictObject({
  source: TableSource,
  run: RunFacts,
  captures: z.array(CaptureFacts).min(1),
  /** The CIC vector's columns, in order. */
  cicColumns: z.array(z.string()).length(CIC_WIDTH),
  /** Truth codes are positions in this list plus one. */
  families: z.array(z.enum(FAMILIES)),
  rows: z.int(),
  /** Time to which `reportedUs` is relative, microseconds since the epoch. */
  originUs: z.number(),
  addresses: z.strictObject({ count: z.int(), bytes: z.int() }),
  columns: z.array(ColumnFacts),
});
export type TableHeader = z.infer<typeof TableHeader>;

/** Columns that references are found by; `client` and `server` are positions in the list of addresses. */
export const KEY_COLUMNS = ['client', 'server', 'clientPort', 'serverPort', 'protocol', 'report'] as const;

/**
 * The other whole numbers. `reportedUs` is relative to the origin, `sinceLastUs` = reported - last packet, `durationUs` =
 * last packet - first, `earlierUs` see earlierUsOf; `truth` is 0 or a family's code, plus REVERSED where that holds.
 */
export const FACT_COLUMNS = ['ending', 'reportedUs', 'sinceLastUs', 'durationUs', 'earlierUs', 'truth'] as const;

/** Added to the code of a family where the victim seems to be the client. */
export const REVERSED = 128;

/** Every packed column in the file's order, the keys first: they are read before anything can be compared. */
export const TABLE_COLUMNS: readonly { readonly name: string; readonly kind: NumberKind }[] = [
  ...[...KEY_COLUMNS, ...FACT_COLUMNS].map((name) => ({ name, kind: 'whole' }) as const),
  ...KEPT_CIC_COLUMNS.map(({ column, kind }) => ({ name: CIC_VALUE_COLUMNS[column], kind })),
];
