import { expect, test } from 'vitest';
import { falseAlertRate, workloadHoursNeeded } from './false-alerts.ts';

test('4 alerts in 4,800 workload-hours are 2 a day per 100 workloads', () => {
  const { perDay, low, high } = falseAlertRate(4, 4800);
  expect(perDay).toBe(2);
  // Garwood: 4 events come from a mean between 1.08987 and 10.24159.
  expect(low).toBeCloseTo(1.08987 / 2, 4);
  expect(high).toBeCloseTo(10.24159 / 2, 4);
});

test('no alert at all bounds the rate from above, and the bound falls with the time watched', () => {
  expect(falseAlertRate(0, 2400)).toMatchObject({ perDay: 0, low: 0 });
  expect(falseAlertRate(0, 2400).high).toBeCloseTo(3.688879, 5);
  expect(falseAlertRate(0, 24).high).toBeCloseTo(368.8879, 3);
});

test('no time gives no rate', () => {
  expect(falseAlertRate(0, 0)).toEqual({ alerts: 0, workloadHours: 0, perDay: null, low: null, high: null });
});

test('as many clean hours as are needed bound the rate by what was asked', () => {
  expect(workloadHoursNeeded(1)).toBeCloseTo(8853.31, 1);
  expect(falseAlertRate(0, workloadHoursNeeded(1)).high).toBeCloseTo(1, 10);
});
