import type { Samples } from './baseline.ts';

/** Bins of a feature fit a byte. */
export const MOST_BINS = 256;

/** The features of all rows as small whole numbers, column by column, so that a split is found by counting, not sorting. */
export interface BinnedMatrix {
  readonly rows: number;
  readonly width: number;
  /** Bin of a row's feature at [feature * rows + row]. */
  readonly bins: Uint8Array;
  /** For each feature the upper ends of all its bins but the last, ascending: a value at or below ends[b] is in bin b or lower. */
  readonly ends: readonly Float64Array[];
}

/**
 * Sorts each feature's values into at most 256 bins of about equally many rows; equal values share a bin, and a feature of
 * few values has one for each. Bins end half way between two values that occur, so unseen values fall on the nearer side.
 */
export function binMatrix({ features, width, attack }: Samples): BinnedMatrix {
  const rows = attack.length;
  const bins = new Uint8Array(rows * width);
  const ends: Float64Array[] = [];
  const column = new Float32Array(rows);
  for (let feature = 0; feature < width; feature++) {
    for (let row = 0; row < rows; row++) column[row] = features[row * width + feature];
    const featureEnds = binEnds(column.toSorted());
    for (let row = 0; row < rows; row++) bins[feature * rows + row] = binOf(featureEnds, column[row]);
    ends.push(featureEnds);
  }
  return { rows, width, bins, ends };
}

function binEnds(sorted: Float32Array): Float64Array {
  const runs = runsOfEqual(sorted);
  // A value that fills a bin by itself gets one; the others share the rest, or else a feature that is mostly 0 has few left.
  const isHeavy = (run: number) => runs.length <= MOST_BINS || runs[run].length > sorted.length / MOST_BINS;
  const heavy = runs.filter((_, run) => isHeavy(run));
  const lightRows = sorted.length - heavy.reduce((sum, { length }) => sum + length, 0);
  const share = lightRows / Math.max(1, MOST_BINS - 2 * heavy.length);

  const ends: number[] = [];
  let filled = 0;
  for (let run = 0; run + 1 < runs.length && ends.length < MOST_BINS - 1; run++) {
    filled += runs[run].length;
    if (!isHeavy(run) && !isHeavy(run + 1) && filled < share) continue;
    ends.push((runs[run].value + runs[run + 1].value) / 2);
    filled = 0;
  }
  return Float64Array.from(ends);
}

function runsOfEqual(sorted: Float32Array): { value: number; length: number }[] {
  const runs: { value: number; length: number }[] = [];
  for (let from = 0, to = 1; to <= sorted.length; to++) {
    if (to < sorted.length && sorted[to] === sorted[from]) continue;
    runs.push({ value: sorted[from], length: to - from });
    from = to;
  }
  return runs;
}

function binOf(ends: Float64Array, value: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= ends[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}
