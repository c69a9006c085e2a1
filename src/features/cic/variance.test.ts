import { expect, test } from 'vitest';
import { shiftedVariance, varianceOfIntegers } from './variance.ts';

test('fewer than two values have no variance', () => {
  expect(varianceOfIntegers(0, 0, 0)).toBe(0);
  expect(varianceOfIntegers(1, 9, 81)).toBe(0);
  expect(shiftedVariance(1, 9, 9, 0)).toBe(0);
});

test('a single deviation among a million large equal values is not lost', () => {
  const count = 1_000_000;
  const sum = 65_000 * (count - 1) + 65_001;
  const squares = 65_000 ** 2 * (count - 1) + 65_001 ** 2;
  expect(varianceOfIntegers(count, sum, squares)).toBeCloseTo(1 / count, 15);
});

test('equal gaps have no variance, whatever their size', () => {
  expect(shiftedVariance(1000, 1000 * 119_999_999, 119_999_999, 0)).toBe(0);
});

test('the variance of a sample divides by one less', () => {
  expect(varianceOfIntegers(3, 6, 14)).toBe(1);
  expect(shiftedVariance(3, 6, 1, 0 + 1 + 4)).toBe(1);
});
