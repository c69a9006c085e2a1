import { z } from 'zod';

/** Neighbouring values taken together: their number (a power of two), sum, squared deviations from their mean. */
const Bucket = z.strictObject({
  count: z.number(),
  sum: z.number(),
  deviations: z.number(),
  /** Where the oldest of them stands, in whatever the caller counts. */
  at: z.number(),
});
type Bucket = z.infer<typeof Bucket>;

/**
 * A window over values from 0 to 1 that is as long as their mean has stayed the same: ADWIN2 (Bifet & Gavalda 2007). It
 * is an exponential histogram: at most BUCKETS_A_ROW buckets of each size, so memory grows with the logarithm of the
 * window's length, and ends at MOST_ROWS rows. Plain data, oldest bucket first.
 */
export const AdaptiveWindow = z.array(Bucket);
export type AdaptiveWindow = z.infer<typeof AdaptiveWindow>;

/** The mean changed: what it was in the values that were dropped, what it is in those that are left. */
export interface Cut {
  readonly before: number;
  readonly after: number;
  /** `at` of the oldest value that is left. */
  readonly since: number;
}

const BUCKETS_A_ROW = 5;
/** A window of a million values forgets its oldest ones. */
const MOST_ROWS = 18;
/** Fewer values on either side of a cut show nothing. */
const LEAST_PART = 5;

/**
 * Adds a value; drops the older part while some split of the window has means that differ by more than chance would
 * explain, at confidence `delta`. Null where nothing was dropped.
 */
export function addValue(window: AdaptiveWindow, value: number, at: number, delta: number): Cut | null {
  window.push({ count: 1, sum: value, deviations: 0, at });
  compress(window);
  const dropped: Bucket[] = [];
  for (let split = clearestSplit(window, delta); split > 0; split = clearestSplit(window, delta)) {
    dropped.push(...window.splice(0, split));
  }
  if (dropped.length === 0) return null;
  return { before: meanOf(dropped), after: meanOf(window), since: window[0].at };
}

/** Mean of the window; 0 for an empty one. */
export function meanOf(window: AdaptiveWindow): number {
  const { count, sum } = wholeOf(window);
  return count === 0 ? 0 : sum / count;
}

/** Where a size has one bucket too many its two oldest become one of the next size. */
function compress(window: AdaptiveWindow): void {
  let end = window.length;
  for (let size = 1; ; size *= 2) {
    let start = end;
    while (start > 0 && window[start - 1].count === size) start--;
    if (end - start <= BUCKETS_A_ROW) return;
    if (size === 2 ** (MOST_ROWS - 1)) {
      window.splice(start, 1);
      return;
    }
    window.splice(start, 2, merged(window[start], window[start + 1]));
    end = start + 1;
  }
}

function merged(older: Bucket, newer: Bucket): Bucket {
  const count = older.count + newer.count;
  const apart = older.sum / older.count - newer.sum / newer.count;
  const between = (apart ** 2 * older.count * newer.count) / count;
  return {
    count,
    sum: older.sum + newer.sum,
    deviations: older.deviations + newer.deviations + between,
    at: older.at,
  };
}

/**
 * How many of the oldest buckets have another mean than the rest, where that is clearest; 0 where chance explains it. The
 * paper drops one bucket at a time; dropping all at once dates the change better.
 */
function clearestSplit(window: AdaptiveWindow, delta: number): number {
  const whole = wholeOf(window);
  if (whole.count < 2 * LEAST_PART) return 0;
  const variance = whole.deviations / whole.count;
  // As many splits are tried as there are buckets, which is about the logarithm of the length.
  const doubt = Math.log((2 * Math.log(whole.count)) / delta);

  let clearest = 0;
  let clearness = 1;
  let count = 0;
  let sum = 0;
  for (let split = 1; split < window.length; split++) {
    count += window[split - 1].count;
    sum += window[split - 1].sum;
    const rest = whole.count - count;
    if (rest < LEAST_PART) break;
    if (count < LEAST_PART) continue;
    const share = 1 / count + 1 / rest;
    const bound = Math.sqrt(2 * share * variance * doubt) + (2 / 3) * share * doubt;
    const distance = Math.abs(sum / count - (whole.sum - sum) / rest) / bound;
    if (distance > clearness) {
      clearest = split;
      clearness = distance;
    }
  }
  return clearest;
}

function wholeOf(window: AdaptiveWindow): Bucket {
  const [first, ...rest] = window;
  return first === undefined ? { count: 0, sum: 0, deviations: 0, at: 0 } : rest.reduce(merged, first);
}
