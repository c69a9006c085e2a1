import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTextBuffer, writeInteger, writeNumber } from './text-buffer.ts';

function text(write: typeof writeNumber, value: number): string {
  const buffer = createTextBuffer(64);
  write(buffer, value);
  return buffer.bytes.toString('latin1', 0, buffer.length);
}

test.each([
  [0, '0'],
  [-1, '-1'],
  [7, '7'],
  [10, '10'],
  [9999, '9999'],
  [10_000, '10000'],
  [100_000_000, '100000000'],
  [1_760_000_000_000_001, '1760000000000001'],
  [-123_456_789_012, '-123456789012'],
  [0.5, '0.5'],
  [-0.25, '-0.25'],
  [1.5, '1.5'],
  [1 / 3, '0.333333333333333'],
  [2 / 3, '0.666666666666667'],
  [1234.000001, '1234.000001'],
  [0.9999999999999999, '1'],
  [1.9999999999, '2'],
  [1e-9, '1e-9'],
  [1.5e20, '150000000000000000000'],
])('%d is written as %s', (value, expected) => {
  expect(text(writeNumber, value)).toBe(expected);
});

test('any integer is written exactly', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(text(writeInteger, value)).toBe(String(value));
    }),
  );
});

test('any number is written within a billionth of it', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.oneof(number, fc.double({ min: -1e9, max: 1e9, noNaN: true })), (value) => {
      const error = Math.abs(Number(text(writeNumber, value)) - value);
      expect(error).toBeLessThanOrEqual(Math.abs(value) * 1e-9);
    }),
    { numRuns: 3000 },
  );
});
