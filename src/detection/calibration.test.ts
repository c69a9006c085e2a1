import { expect, test } from 'vitest';
import { ENTITY_CLASSES } from '#core/entity-class.ts';
import { pValueOf, smallestBudget, thresholdFor } from './calibration.ts';

test('a p-value is the share of ordinary windows that score at least as high, this one included', () => {
  const scores = [0.9, 0.5, 0.5, 0.1];
  expect(pValueOf(0.95, scores)).toBe(1 / 5);
  expect(pValueOf(0.9, scores)).toBe(2 / 5);
  expect(pValueOf(0.5, scores)).toBe(4 / 5);
  expect(pValueOf(0, scores)).toBe(1);
});

test('without calibration nothing can be claimed', () => {
  expect(pValueOf(1, [])).toBe(1);
});

/** The budget is split between the model and novelty, for each class. */
const SHARES = 2 * ENTITY_CLASSES.length;
/** A budget of one episode in `hours` workload-hours for each share. */
const oneIn = (hours: number) => ({ falseAlertsPerDay: (SHARES * 24 * 100) / hours, workloads: 100 });
const episodes = Array.from({ length: 100 }, (_, i) => 20 - i / 5);

test('a budget that the hours can show is the episode of that rank', () => {
  expect(thresholdFor({ episodes }, 1000, oneIn(1000))).toEqual({ evidence: episodes[1], extrapolated: false });
  expect(thresholdFor({ episodes }, 1000, oneIn(100))).toEqual({ evidence: episodes[10], extrapolated: false });
});

test('a smaller budget needs more evidence than anything that was seen, and says so', () => {
  const { evidence, extrapolated } = thresholdFor({ episodes }, 1000, oneIn(10_000));
  expect(extrapolated).toBe(true);
  expect(evidence).toBeGreaterThan(episodes[0]);
  expect(thresholdFor({ episodes }, 1000, oneIn(100_000)).evidence).toBeGreaterThan(evidence);
});

test('the extrapolated tail of exponential episodes is that of the distribution they come from', () => {
  // Quantiles of an exponential distribution with mean 2: one of 200,000 lies at 2 ln(200000) = 24.4.
  const exponential = Array.from({ length: 2000 }, (_, i) => -2 * Math.log((i + 0.5) / 2000));
  const { evidence } = thresholdFor({ episodes: exponential }, 2000, oneIn(200_000));
  expect(evidence).toBeGreaterThan(22);
  expect(evidence).toBeLessThan(27);
});

test('a calm or an empty calibration does not make one odd window an alert', () => {
  expect(thresholdFor({ episodes: [] }, 1e6, oneIn(10)).evidence).toBeCloseTo(Math.log(50));
  expect(thresholdFor({ episodes: [] }, 0, oneIn(10)).evidence).toBeGreaterThan(10);
});

test('the smallest budget that hours vouch for falls as they grow', () => {
  expect(smallestBudget(SHARES * 2400, 100)).toBeCloseTo(1);
  expect(smallestBudget(SHARES * 2.4, 100)).toBeCloseTo(1000);
});
