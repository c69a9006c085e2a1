import { expect, test } from 'vitest';
import { pValueOf } from './calibration.ts';

const scores = [0.9, 0.5, 0.5, 0.1];

test('the p-value is the share of benign scores at least as high, this one included', () => {
  expect(pValueOf(0.7, scores)).toBe(2 / 5);
  expect(pValueOf(0.5, scores)).toBe(4 / 5);
  expect(pValueOf(0, scores)).toBe(1);
});

test('a score above all benign ones has the least p-value that n windows support, never 0', () => {
  expect(pValueOf(1, scores)).toBe(1 / 5);
  expect(pValueOf(1, [0.2])).toBe(1 / 2);
});
