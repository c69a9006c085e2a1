/** A baseline in the place of the model: the same windows, the same evidence, the same budget, only the score differs. */
import type { Model } from '#detection/model.ts';
import type { Baseline, Samples } from './baselines/baseline.ts';
import type { Example } from './examples.ts';

/** A scaled window as a baseline sees it: the newest report, the mean over the window, and the highest. */
export function flatten(window: Float32Array, length: number, width: number, into: Float32Array, at: number): void {
  let reports = 0;
  for (let step = 0; step < length; step++) {
    // The first feature tells a report from padding.
    if (window[step * width] === 0) continue;
    for (let i = 0; i < width; i++) {
      const value = window[step * width + i];
      into[at + width + i] += value;
      into[at + 2 * width + i] = reports === 0 ? value : Math.max(into[at + 2 * width + i], value);
    }
    reports++;
  }
  for (let i = 0; i < width; i++) {
    into[at + i] = window[(length - 1) * width + i];
    into[at + width + i] /= Math.max(1, reports);
  }
}

/** Numbers in a flattened window of `width` features. */
export const flatWidth = (width: number) => 3 * width;

/** At most `most` examples, evenly drawn of each kind, as a baseline learns them. */
export function samplesOf(examples: readonly Example[], length: number, width: number, most: number): Samples {
  const step = Math.max(1, examples.length / most);
  const kept = Array.from({ length: Math.floor(examples.length / step) }, (_, i) => examples[Math.floor(i * step)]);
  const features = new Float32Array(kept.length * flatWidth(width));
  kept.forEach(({ input }, i) => flatten(input, length, width, features, i * flatWidth(width)));
  return {
    features,
    width: flatWidth(width),
    attack: Uint8Array.from(kept, ({ family }) => (family === null ? 0 : 1)),
  };
}

/**
 * The baseline as a model with one family. Its scores are on a scale of their own, so they become odds by their rank
 * among ordinary windows (`ordinaryScores`, descending): one in fifty is even.
 */
export function baselineModel(like: Model, baseline: Baseline, ordinaryScores: Float32Array): Model {
  const { windowLength, features } = like.card;
  const sorted = Float64Array.from(ordinaryScores).toSorted();
  return {
    ...like,
    card: { ...like.card, families: ['unknown'] },
    close: () => Promise.resolve(),
    classify: (windows, count) => {
      const output = new Float32Array(2 * count);
      rawScores(baseline, windows, count, windowLength, features).forEach((score, i) => {
        const p = (countAtLeast(sorted, score) + 1) / (sorted.length + 1);
        const odds = 0.02 / p;
        output[2 * i + 1] = odds / (1 + odds);
        output[2 * i] = 1 - output[2 * i + 1];
      });
      return Promise.resolve(output);
    },
  };
}

/** What the baseline says of `count` scaled windows. */
export function rawScores(
  baseline: Baseline,
  windows: Float32Array,
  count: number,
  length: number,
  width: number,
): Float32Array {
  const flat = new Float32Array(count * flatWidth(width));
  for (let i = 0; i < count; i++) {
    const window = windows.subarray(i * length * width, (i + 1) * length * width);
    flatten(window, length, width, flat, i * flatWidth(width));
  }
  return baseline.score(flat, count);
}

function countAtLeast(ascending: Float64Array, score: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] >= score) high = middle;
    else low = middle + 1;
  }
  return ascending.length - low;
}
