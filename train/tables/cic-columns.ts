import { CIC_WIDTH } from '#core/feature-batch.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '#core/packet-batch.ts';
import type { NumberKind } from './packed-numbers.ts';

/** Columns of the CIC vector that hold whole numbers (counts, bytes, flags, some times) and are kept to the last digit. */
const WHOLE_COLUMNS = [
  1, 2, 3, 4, 5, 6, 9, 10, 17, 19, 24, 29, 30, 31, 32, 33, 34, 35, 36, 44, 45, 48, 50, 51, 66, 67, 68, 69, 70, 71, 80,
  81, 82, 83,
];

/** Columns that the model reads beside those: kept as 32-bit floats, which is how it reads them. */
const FLOAT_COLUMNS = [16, 76];

/** Columns that are kept to about three digits: other gaps and deviations, bulks, subflows, active and idle times. */
const ROUNDED_COLUMNS = [
  8, 12, 18, 21, 22, 23, 26, 27, 28, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 72, 73, 74, 75, 77, 78, 79,
];

/** The columns of the CIC vector that a table keeps, and how. */
export const KEPT_CIC_COLUMNS: readonly { readonly column: number; readonly kind: NumberKind }[] = [
  ...WHOLE_COLUMNS.map((column) => ({ column, kind: 'whole' }) as const),
  ...FLOAT_COLUMNS.map((column) => ({ column, kind: 'float' }) as const),
  ...ROUNDED_COLUMNS.map((column) => ({ column, kind: 'rounded' }) as const),
];

/** Columns that are not kept, since they follow from others. */
export const DERIVED_CIC_COLUMNS: readonly number[] = [
  0, 7, 11, 13, 14, 15, 20, 25, 37, 38, 39, 40, 41, 42, 43, 46, 47, 49, 52, 53, 54, 55, 84, 85,
];

/**
 * Fills in the derived columns of the CIC vector at row `row` of `cic`, whose other columns stand there already. Those made of
 * whole numbers come out as the packet path computes them, to the last bit; the rest is as good as the rounded columns.
 */
export function deriveCicColumns(
  cic: Float64Array,
  row: number,
  flow: { readonly durationUs: number; readonly earlierUs: number; readonly protocol: number },
): void {
  const v = cic.subarray(row * CIC_WIDTH, (row + 1) * CIC_WIDTH);
  const { durationUs } = flow;
  const seconds = durationUs / 1e6;
  const packets = v[1] + v[2];
  const bytes = v[3] + v[4];

  v[0] = durationUs;
  v[7] = v[1] > 0 ? v[3] / v[1] : 0;
  v[11] = v[2] > 0 ? v[4] / v[2] : 0;
  v[13] = durationUs === 0 ? -1 : bytes / seconds;
  v[14] = durationUs === 0 ? -1 : packets / seconds;
  v[15] = packets > 1 ? durationUs / (packets - 1) : 0;
  v[20] = v[1] > 1 ? v[19] / (v[1] - 1) : 0;
  v[25] = v[2] > 1 ? v[24] / (v[2] - 1) : 0;
  v[37] = durationUs > 0 ? v[1] / seconds : 0;
  v[38] = durationUs > 0 ? v[2] / seconds : 0;
  v[39] = smallestLength(v);
  v[40] = Math.max(v[5], v[9]);
  v[41] = bytes / packets;
  v[43] = varianceOfLengths(v);
  v[42] = Math.sqrt(v[43]);
  v[46] = v[33] + v[34];
  v[47] = v[29] + v[30];
  v[49] = v[31] + v[32];
  v[52] = v[1] > 0 ? v[2] / v[1] : 0;
  v[53] = v[41];
  v[54] = v[7];
  v[55] = v[11];
  v[84] = v[82] + v[83];
  v[85] = isConnection(flow.protocol) ? flow.earlierUs + durationUs : 0;
}

/** Microseconds that earlier parts of the row's connection lasted: column 85 without this part's duration. */
export function earlierUsOf(cic: Float64Array, row: number, protocol: number): number {
  return isConnection(protocol) ? cic[row * CIC_WIDTH + 85] - cic[row * CIC_WIDTH] : 0;
}

function isConnection(protocol: number): boolean {
  return protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP;
}

function smallestLength(v: Float64Array): number {
  if (v[1] === 0) return v[10];
  if (v[2] === 0) return v[6];
  return Math.min(v[6], v[10]);
}

/** The sample variance of both directions together, from each direction's count, mean and deviation. */
function varianceOfLengths(v: Float64Array): number {
  const packets = v[1] + v[2];
  if (packets < 2) return 0;
  const mean = (v[3] + v[4]) / packets;
  const squares = (count: number, ownMean: number, deviation: number) =>
    Math.max(0, count - 1) * deviation ** 2 + count * (ownMean - mean) ** 2;
  return (squares(v[1], v[7], v[8]) + squares(v[2], v[11], v[12])) / (packets - 1);
}
