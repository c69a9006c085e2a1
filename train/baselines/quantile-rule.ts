import type { Baseline } from './baseline.ts';
import { requireFitted, requireMatrix, rowsOf } from './baseline.ts';

const NAME = 'quantiles';
const TAIL = 0.001;

/**
 * What a person would set up by hand: each feature's usual range from the 0.1 % to the 99.9 % quantile of ordinary windows.
 * The score is how many features are outside theirs, plus a fraction below 1 that grows with how far out the furthest one is, so
 * that windows with equally many are still ordered.
 */
export function createQuantileRule(): Baseline {
  let learned: { low: Float64Array; high: Float64Array } | null = null;

  return {
    name: NAME,
    fit({ features, width, attack }) {
      requireMatrix(NAME, features, width, attack.length);
      const rows = rowsOf(NAME, attack, 'ordinary');
      const column = new Float32Array(rows.length);
      const low = new Float64Array(width);
      const high = new Float64Array(width);
      for (let feature = 0; feature < width; feature++) {
        for (let i = 0; i < rows.length; i++) column[i] = features[rows[i] * width + feature];
        const sorted = column.toSorted();
        const cut = Math.floor(TAIL * rows.length);
        low[feature] = sorted[cut];
        high[feature] = sorted[rows.length - 1 - cut];
      }
      learned = { low, high };
    },
    score(features, count) {
      const { low, high } = requireFitted(NAME, learned);
      requireMatrix(NAME, features, low.length, count);
      return Float32Array.from({ length: count }, (_, row) => strangeness(features, row * low.length, low, high));
    },
  };
}

function strangeness(features: Float32Array, offset: number, low: Float64Array, high: Float64Array): number {
  let outside = 0;
  let furthest = 0;
  for (let feature = 0; feature < low.length; feature++) {
    const value = features[offset + feature];
    const beyond = Math.max(low[feature] - value, value - high[feature]);
    if (beyond <= 0) continue;
    outside++;
    // In widths of the usual range; where that is a single value, any step away from it is as far as can be.
    furthest = Math.max(furthest, beyond / (high[feature] - low[feature]));
  }
  return outside + (furthest === Infinity ? 1 : furthest / (1 + furthest));
}
