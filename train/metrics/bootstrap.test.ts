import { expect, test } from 'vitest';
import { bootstrapByRun } from './bootstrap.ts';

const meanOf = (values: readonly number[]) => (weights: Uint16Array) => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return [values.reduce((sum, value, run) => sum + value * weights[run], 0) / total];
};

test('the interval of a mean has the width that its standard error tells', () => {
  // 200 runs, half of them 1: the standard error is .5 / sqrt(200), 95 % are within 1.96 of it.
  const values = Array.from({ length: 200 }, (_, run) => run % 2);
  const options = { kinds: values.map(() => 'same'), seed: 1, samples: 4000 };
  const [interval] = bootstrapByRun(meanOf(values), options);
  const half = (1.96 * 0.5) / Math.sqrt(200);
  expect(interval?.low).toBeCloseTo(0.5 - half, 2);
  expect(interval?.high).toBeCloseTo(0.5 + half, 2);
});

test('runs are drawn within their kind: what differs only between kinds does not vary', () => {
  const values = [0, 0, 0, 1, 1, 1];
  const kinds = ['busy-day', 'busy-day', 'busy-day', 'flood', 'flood', 'flood'];
  expect(bootstrapByRun(meanOf(values), { kinds, seed: 1 })).toEqual([{ low: 0.5, high: 0.5 }]);
  const mixed = bootstrapByRun(meanOf(values), { kinds: kinds.map(() => 'same'), seed: 1 })[0];
  expect(mixed?.low).toBeLessThan(0.25);
});

test('the same seed gives the same interval, another seed another', () => {
  const values = Array.from({ length: 30 }, (_, run) => Math.sqrt(run));
  const kinds = values.map(() => 'same');
  const once = bootstrapByRun(meanOf(values), { kinds, seed: 5 });
  expect(bootstrapByRun(meanOf(values), { kinds, seed: 5 })).toEqual(once);
  expect(bootstrapByRun(meanOf(values), { kinds, seed: 6 })).not.toEqual(once);
});

test('each of several figures gets its own interval; one that can hardly be had gets none', () => {
  const statistics = (weights: Uint16Array) => [weights[0], weights[0] === 5 ? 1 : null];
  const [first, second] = bootstrapByRun(statistics, { kinds: ['a', 'a', 'a', 'a', 'a'], seed: 2 });
  expect(first).toEqual({ low: 0, high: 3 });
  expect(second).toBeNull();
});

test('one run has no interval', () => {
  expect(bootstrapByRun(meanOf([1]), { kinds: ['a'], seed: 1 })).toEqual([null]);
});
