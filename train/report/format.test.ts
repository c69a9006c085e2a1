import { expect, test } from 'vitest';
import { formatDelay, formatEstimate, formatFalseAlerts, formatFraction, formatNumber, formatShare } from './format.ts';

test.each([
  [0, '0'],
  [1, '1'],
  [0.5, '.50'],
  [0.9986, '.9986'],
  [0.0014, '.0014'],
  [0.034, '.034'],
  [0.99999, '.99999'],
])('the fraction %d is written %s', (value, text) => {
  expect(formatFraction(value)).toBe(text);
});

test.each([
  [0.3341, '.334'],
  [12.345, '12.3'],
  [999, '999'],
  [12345.6, '12,346'],
  [0, '0'],
])('the number %d is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('a share comes with its interval and its counts', () => {
  expect(formatShare({ successes: 3, trials: 4, low: 0.194, high: 0.9937 })).toBe('.75 (.19-.9937), 3 of 4');
  expect(formatShare({ successes: 0, trials: 0, low: 0, high: 1 })).toBe('-');
});

test('what could not be had is a dash, and an estimate without an interval stands alone', () => {
  expect(formatEstimate({ value: null, low: null, high: null, reason: 'too few' })).toBe('-');
  expect(formatEstimate({ value: 0.5, low: null, high: null, reason: '' })).toBe('.50');
  expect(formatEstimate({ value: 0.5, low: 0.4, high: 0.6, reason: '' })).toBe('.50 (.40-.60)');
});

test('false alerts come with the time behind them; without one, only a bound is given', () => {
  const rate = { alerts: 2, workloadHours: 1200, perDay: 4, low: 0.484, high: 14.46 };
  expect(formatFalseAlerts(rate)).toBe('4 (.484-14.5), 2 in 1,200 h');
  expect(formatFalseAlerts({ ...rate, alerts: 0, perDay: 0, low: 0, high: 7.38 })).toBe(
    '0 (at most 7.38), 0 in 1,200 h',
  );
});

test('a delay that too many attacks exceed is never', () => {
  expect(formatDelay(1.2345)).toBe('1.23 s');
  expect(formatDelay(null)).toBe('never');
});
