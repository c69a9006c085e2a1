import { expect, test } from 'vitest';
import { mulberry32 } from '../../lab/mulberry32.ts';
import type { Samples } from './baseline.ts';
import { BASELINE_NAMES } from './baseline.ts';
import { createBaselines } from './list.ts';

/** Ordinary windows in a cloud around 0, attacks far out in the first two of five features; the last feature is constant. */
function clouds(seed: number, rows: number): Samples {
  const random = mulberry32(seed);
  const attack = Uint8Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 1 : 0));
  const features = Float32Array.from({ length: rows * 5 }, (_, i) => {
    const column = i % 5;
    if (column === 4) return 7;
    const isFar = column < 2 && attack[Math.floor(i / 5)] === 1;
    return random() + random() - 1 + (isFar ? 5 : 0);
  });
  return { features, width: 5, attack };
}

const byName = (seed = 1) => Object.fromEntries(createBaselines(seed).map((baseline) => [baseline.name, baseline]));

/** Share of ordinary windows that score as high as the lowest attack. */
function overlap(scores: Float32Array, attack: Uint8Array): number {
  const of = (kind: number) => scores.filter((_, row) => attack[row] === kind);
  const lowest = Math.min(...of(1));
  return of(0).filter((score) => score >= lowest).length / of(0).length;
}

test.each(BASELINE_NAMES)('%s puts far attacks it has not seen above ordinary windows', (name) => {
  const baseline = byName()[name];
  baseline.fit(clouds(1, 800));
  const unseen = clouds(2, 400);
  // An isolation forest does not tell far from very far: corners of the ordinary cloud reach the same depth.
  const most = name === 'isolation-forest' ? 0.05 : 0;
  expect(overlap(baseline.score(unseen.features, 400), unseen.attack)).toBeLessThanOrEqual(most);
});

test.each(BASELINE_NAMES)('%s learns the same from the same seed and data, and anew at every fit', (name) => {
  const unseen = clouds(9, 100);
  const [first, second] = [byName()[name], byName()[name]];
  first.fit(clouds(3, 300));
  second.fit(clouds(4, 300));
  second.fit(clouds(3, 300));
  expect(second.score(unseen.features, 100)).toEqual(first.score(unseen.features, 100));
});

test.each(['random-forest', 'isolation-forest'] as const)('%s depends on its seed', (name) => {
  const unseen = clouds(9, 100);
  const scores = [1, 2].map((seed) => {
    const baseline = byName(seed)[name];
    baseline.fit(clouds(3, 300));
    return baseline.score(unseen.features, 100);
  });
  expect(scores[0]).not.toEqual(scores[1]);
});

test.each(BASELINE_NAMES)('%s refuses what is not a number and what does not fit, and says where', (name) => {
  const baseline = byName()[name];
  const damaged = clouds(1, 40);
  damaged.features[3 * 5 + 2] = NaN;
  expect(() => baseline.fit(damaged)).toThrow(`while reading windows for ${name}: NaN in row 3, column 2`);

  const good = clouds(1, 40);
  expect(() => baseline.score(good.features, 40)).toThrow('it was not fitted');
  expect(() => baseline.fit({ ...good, width: 3 })).toThrow('200 numbers are not 40 rows of 3');
  baseline.fit(good);
  expect(() => baseline.score(Float32Array.of(0, 0, Infinity, 0, 0), 1)).toThrow('Infinity in row 0, column 2');
  expect(() => baseline.score(good.features, 39)).toThrow('not 39 rows');
});

test.each(BASELINE_NAMES)('%s refuses to learn from nothing but attacks', (name) => {
  const onlyAttacks = { features: new Float32Array(10), width: 5, attack: Uint8Array.of(1, 1) };
  expect(() => byName()[name].fit(onlyAttacks)).toThrow('none of 2 windows is ordinary');
});

test.each(['random-forest', 'tree-5'] as const)('%s refuses to learn without an attack', (name) => {
  const ordinary = { features: new Float32Array(10), width: 5, attack: Uint8Array.of(0, 0) };
  expect(() => byName()[name].fit(ordinary)).toThrow('none of 2 windows is attack');
});

test.each(BASELINE_NAMES)('%s gives all windows one score where all features are constant', (name) => {
  const baseline = byName()[name];
  baseline.fit({
    features: new Float32Array(40).fill(3),
    width: 2,
    attack: Uint8Array.from({ length: 20 }, (_, i) => i % 2),
  });
  const scores = baseline.score(new Float32Array(8).fill(3), 4);
  expect(new Set(scores).size).toBe(1);
  expect(Number.isFinite(scores[0])).toBe(true);
});
