import { expect, test } from 'vitest';
import { mulberry32 } from '../../lab/mulberry32.ts';
import { addHour, alertsPerHour, newAlertRate } from './alert-rate.ts';

const DELTA = 0.002;

/** A Poisson count (Knuth's way). */
function countOf(mean: number, next: () => number): number {
  let count = 0;
  for (let product = next(); product > Math.exp(-mean); product *= next()) count++;
  return count;
}

test.each([0, 0.04, 0.5, 5])('%d alerts an hour in 10,000 hours are no change', (mean) => {
  const next = mulberry32(7);
  const rate = newAlertRate();
  let changes = 0;
  for (let hour = 0; hour < 10_000; hour++) if (addHour(rate, countOf(mean, next), DELTA)) changes++;
  expect(changes).toBe(0);
  expect(alertsPerHour(rate)).toBeCloseTo(mean, 1);
});

test.each([
  [0.04, 1, 15],
  [0.5, 2, 30],
  [5, 9, 30],
])('from %d to %d alerts an hour is noticed within %d hours', (before, after, most) => {
  const next = mulberry32(9);
  const rate = newAlertRate();
  for (let hour = 0; hour < 200; hour++) expect(addHour(rate, countOf(before, next), DELTA)).toBe(false);
  let hours = 1;
  while (!addHour(rate, before === 0.04 ? after : countOf(after, next), DELTA)) hours++;
  expect(hours).toBeLessThanOrEqual(most);
  expect(rate.risingAlerts / rate.risingHours).toBeGreaterThan((before + after) / 2);
});

test('one bad hour, and fewer alerts, are no change', () => {
  const rate = newAlertRate();
  for (let hour = 0; hour < 100; hour++) addHour(rate, hour % 10 === 0 ? 1 : 0, DELTA);
  expect(addHour(rate, 500, DELTA)).toBe(false);
  for (let hour = 0; hour < 100; hour++) expect(addHour(rate, 0, DELTA)).toBe(false);
});

test('the first day concludes nothing', () => {
  const rate = newAlertRate();
  for (let hour = 0; hour < 24; hour++) expect(addHour(rate, hour, DELTA)).toBe(false);
});
