import { expect, test } from 'vitest';
import { distanceFrom, newBaseline, teach } from './baseline.ts';

const prior = { median: Float32Array.of(1, 1, 1, 1), spread: Float32Array.of(0.5, 0.5, 0.5, 0) };
const S = 1e6;
/** No feature is the one where a low value counts. */
const NONE = -1;

function taught(values: (i: number) => number[], lessons: number) {
  const baseline = newBaseline(prior);
  for (let i = 0; i < lessons; i++) teach(baseline, Float32Array.from(values(i)), 0, i * S);
  return baseline;
}

test('a new workload is held against its class', () => {
  const baseline = newBaseline(prior);
  expect(distanceFrom(baseline, Float32Array.of(1, 1, 1, 1), 0, NONE)).toBe(0);
  expect(distanceFrom(baseline, Float32Array.of(2.5, 1, 1, 1), 0, NONE)).toBeCloseTo(1);
});

test('after a minute it is held against itself', () => {
  const baseline = taught((i) => [3 + (i % 2) * 0.2, 1, 1, 1], 60);
  expect(baseline.median[0]).toBeGreaterThan(2.8);
  expect(baseline.median[0]).toBeLessThan(3.4);
  expect(distanceFrom(baseline, Float32Array.of(3.1, 1, 1, 1), 0, NONE)).toBeLessThan(1);
  expect(distanceFrom(baseline, Float32Array.of(5, 1, 1, 1), 0, NONE)).toBeGreaterThan(2);
});

test('the spread becomes that of the values', () => {
  const wide = taught((i) => [[-1, 0.5, 1, 1.5, 3][i % 5] * 4, 1, 1, 1], 400);
  const narrow = taught((i) => [[0.9, 1, 1.1][i % 3], 1, 1, 1], 400);
  expect(wide.spread[0]).toBeGreaterThan(1);
  expect(narrow.spread[0]).toBeLessThan(0.3);
});

test('an outlier teaches no more than its neighbour would', () => {
  const usual = taught((i) => [1 + (i % 2) * 0.1, 1, 1, 1], 100);
  const poisoned = structuredClone(usual);
  teach(poisoned, Float32Array.of(1e9, 1, 1, 1), 0, 1000 * S);
  expect(poisoned.median[0] - usual.median[0]).toBeLessThan(0.02);
});

test('a burst is one lesson', () => {
  const baseline = newBaseline(prior);
  for (let i = 0; i < 100; i++) teach(baseline, Float32Array.of(9, 9, 9, 9), 0, i * 1000);
  expect(baseline.windows).toBe(1);
});

test('less than usual is not far, but for regularity', () => {
  const baseline = newBaseline(prior);
  const silent = Float32Array.of(1, 0, 1, 1);
  expect(distanceFrom(baseline, silent, 0, NONE)).toBe(0);
  expect(distanceFrom(baseline, silent, 0, 1)).toBeCloseTo(2 / 3);
});
