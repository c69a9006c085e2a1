import { mulberry32 } from '../../lab/mulberry32.ts';
import { CONFIDENCE, type Interval } from './interval.ts';

/** How runs are drawn again. */
export interface BootstrapOptions {
  /** What kind each run is of (its scenario): runs are drawn within their kind, so that none is lost by chance. */
  readonly kinds: readonly string[];
  readonly seed: number;
  /** Samples drawn; 500 unless said otherwise. */
  readonly samples?: number;
  readonly confidence?: number;
}

/**
 * Percentile bootstrap by run: windows of one run are alike, so whole runs are drawn with replacement, not windows (cluster
 * bootstrap). `statistics` gets how often each run was drawn, and answers several figures at once; each gets its interval.
 * Null where fewer than two runs are there, or where a figure could be had in fewer than half of the samples. An interval of
 * width 0 says only that all runs were alike.
 */
export function bootstrapByRun(
  statistics: (weights: Uint16Array) => readonly (number | null)[],
  { kinds, seed, samples = 500, confidence = CONFIDENCE }: BootstrapOptions,
): (Interval | null)[] {
  const figures = statistics(new Uint16Array(kinds.length).fill(1)).length;
  if (kinds.length < 2) return Array.from({ length: figures }, () => null);

  const random = mulberry32(seed);
  const groups = [...Map.groupBy(kinds.keys(), (run) => kinds[run]).values()];
  const drawn = Array.from({ length: samples }, () => statistics(drawRuns(groups, kinds.length, random)));
  return Array.from({ length: figures }, (_, figure) => {
    const values = drawn.map((sample) => sample[figure]).filter((value) => value !== null);
    if (values.length < samples / 2) return null;
    const sorted = Float64Array.from(values).toSorted();
    const tail = (1 - confidence) / 2;
    return { low: percentile(sorted, tail), high: percentile(sorted, 1 - tail) };
  });
}

function drawRuns(groups: readonly (readonly number[])[], runs: number, random: () => number): Uint16Array {
  const weights = new Uint16Array(runs);
  for (const group of groups) {
    for (let i = 0; i < group.length; i++) weights[group[Math.floor(random() * group.length)]]++;
  }
  return weights;
}

/** Between two values that stand beside each other, in proportion. */
function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
