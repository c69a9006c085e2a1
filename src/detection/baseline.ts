/**
 * In: ordinary windows of one workload. Out: what is usual for it, and how far a new window lies from that. Each
 * workload has its own record, which begins as what is usual for its class and moves towards what it does; whoever
 * judges says which windows may teach. Owns a bounded number of records.
 */

export interface Baseline {
  /** Windows that taught it. */
  windows: number;
  lastTaughtUs: number;
  /** Per context feature, scaled: the running median and the running median of deviations from it. */
  readonly median: Float32Array;
  readonly spread: Float32Array;
}

/** What is usual where nothing is known yet: that of the entity's class. */
export interface Prior {
  readonly median: Float32Array;
  readonly spread: Float32Array;
}

/** A feature that never moved has no spread; this stands in, in scaled units (a factor of about 1.5 of a rate). */
const LEAST_SPREAD = 0.1;
/** No single feature tells more than this, in spreads. */
const MOST_DISTANCE = 30;
/** An attack may show in few features: the mean is taken over the furthest of them. */
const FURTHEST = 3;
/** A window teaches at most once in this time, so that a burst is one lesson. */
const LESSON_EVERY_US = 1e6;
/** Lessons before a workload is held against its own record: a minute in which it does something every second. */
export const WARM_UP_WINDOWS = 60;
/** The first lessons move a record most; later ones by at least this part of its spread. */
const LEAST_STEP = 0.02;

export function newBaseline({ median, spread }: Prior): Baseline {
  return {
    windows: 0,
    lastTaughtUs: -Infinity,
    median: median.slice(),
    spread: spread.map((value) => Math.max(value, LEAST_SPREAD)),
  };
}

/**
 * Moves the record a step towards the values (`width` scaled ones from `offset` on). The step has the size of the
 * spread, whatever the values are: an outlier moves it no further than its neighbour would (stochastic approximation of
 * the median, Robbins & Monro 1951), so poisoning it takes as long as being ordinary does.
 */
export function teach(baseline: Baseline, values: Float32Array, offset: number, atUs: number): void {
  if (Math.abs(atUs - baseline.lastTaughtUs) < LESSON_EVERY_US) return;
  baseline.lastTaughtUs = atUs;
  baseline.windows++;
  const { median, spread } = baseline;
  const rate = Math.max(LEAST_STEP, 1 / (1 + baseline.windows / 4));
  for (let i = 0; i < median.length; i++) {
    const deviation = values[offset + i] - median[i];
    median[i] += rate * spread[i] * Math.sign(deviation);
    // 1.4826: the median deviation of normal values, brought to their standard deviation.
    spread[i] += rate * spread[i] * Math.sign(Math.abs(deviation) * 1.4826 - spread[i]);
    if (spread[i] < LEAST_SPREAD) spread[i] = LEAST_SPREAD;
  }
}

/**
 * Mean distance, in spreads, of the features that lie furthest above what is usual; 0 to MOST_DISTANCE. Below is not
 * looked at, for a workload that falls silent harms nobody, but for `regularity`: there a low value is a clock's.
 */
export function distanceFrom(
  { median, spread }: Baseline,
  values: Float32Array,
  offset: number,
  regularity: number,
): number {
  let first = 0;
  let second = 0;
  let third = 0;
  for (let i = 0; i < median.length; i++) {
    const deviation = (values[offset + i] - median[i]) / spread[i];
    const distance = Math.min(MOST_DISTANCE, i === regularity ? Math.abs(deviation) : deviation);
    if (distance > first) {
      third = second;
      second = first;
      first = distance;
    } else if (distance > second) {
      third = second;
      second = distance;
    } else if (distance > third) third = distance;
  }
  return (first + second + third) / FURTHEST;
}
