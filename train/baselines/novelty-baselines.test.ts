import { expect, test } from 'vitest';
import { mulberry32 } from '../../lab/mulberry32.ts';
import { createIsolationForest } from './isolation-forest.ts';
import { createQuantileRule } from './quantile-rule.ts';

const ordinary = (features: number[], width: number) => ({
  features: Float32Array.from(features),
  width,
  attack: new Uint8Array(features.length / width),
});

test('the quantile rule counts features outside the ordinary range, and orders equal counts by the furthest', () => {
  const rule = createQuantileRule();
  // 1,001 rows: the 0.1 % and 99.9 % quantiles of 0..1000 are 1 and 999; the second feature is always 5.
  rule.fit(ordinary(Array.from({ length: 1001 }, (_, i) => [i, 5]).flat(), 2));
  const scores = rule.score(Float32Array.of(1, 5, 999, 5, 1000, 5, 1997, 5, -997, 5, 500, 6, 2000, 4), 7);
  expect(scores[0]).toBe(0);
  expect(scores[1]).toBe(0);
  expect(scores[2]).toBeCloseTo(1 + 1 / 999, 6);
  expect(scores[3]).toBe(1.5);
  expect(scores[4]).toBe(1.5);
  expect(scores[5]).toBe(2);
  expect(scores[6]).toBe(3);
});

test('the quantile rule learns nothing from attacks', () => {
  const rule = createQuantileRule();
  rule.fit({ features: Float32Array.of(0, 1, 2, 1000), width: 1, attack: Uint8Array.of(0, 0, 0, 1) });
  expect(rule.score(Float32Array.of(1000), 1)[0]).toBeGreaterThan(1);
});

test('the isolation forest puts a lone window near 1 and the middle of the crowd below .5', () => {
  const random = mulberry32(3);
  const forest = createIsolationForest(1);
  forest.fit(
    ordinary(
      Array.from({ length: 4000 }, () => random() + random() + random()),
      4,
    ),
  );
  const [middle, edge, far] = forest.score(Float32Array.of(1.5, 1.5, 1.5, 1.5, 2.6, 1.5, 1.5, 1.5, 9, 9, 9, 9), 3);
  expect(middle).toBeLessThan(0.45);
  expect(edge).toBeGreaterThan(middle);
  expect(far).toBeGreaterThan(0.7);
});

test('two rows are split at depth 1, which is what two rows usually take: a score of one half', () => {
  const forest = createIsolationForest(1);
  forest.fit(ordinary([0, 1], 1));
  expect([...forest.score(Float32Array.of(-3, 4), 2)]).toEqual([0.5, 0.5]);
});
