import { expect, test } from 'vitest';
import { summariseDelays } from './delay.ts';

test('an attack never found counts as endless: it moves the median, and hides it when half are missed', () => {
  expect(summariseDelays([3, 1, null, 2])).toEqual({ attacks: 4, medianS: 2, p95S: null, neverShare: 0.25 });
  expect(summariseDelays([3, null, null])).toMatchObject({ medianS: null, neverShare: 2 / 3 });
  expect(summariseDelays([null])).toEqual({ attacks: 1, medianS: null, p95S: null, neverShare: 1 });
});

test('quantiles are delays that occurred: the 95th percentile of twenty is the nineteenth', () => {
  const delays = Array.from({ length: 20 }, (_, i) => 20 - i);
  expect(summariseDelays(delays)).toEqual({ attacks: 20, medianS: 10, p95S: 19, neverShare: 0 });
  expect(summariseDelays([...delays.slice(0, 19), null])).toMatchObject({ p95S: 20, neverShare: 0.05 });
});

test('without attacks there is nothing to say', () => {
  expect(summariseDelays([])).toEqual({ attacks: 0, medianS: null, p95S: null, neverShare: null });
});
