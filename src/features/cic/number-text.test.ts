import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNumberText } from './number-text.ts';

const bytes = new Uint8Array(128);
const numbers = createNumberText(new DataView(bytes.buffer));

function textTo(end: number): string {
  return Buffer.from(bytes.subarray(0, end)).toString('latin1');
}

/** The cell of a number without its comma. */
function text(value: number): string {
  const cell = textTo(numbers.writeNumber(0, Float64Array.of(value), 0));
  expect(cell.at(-1)).toBe(',');
  return cell.slice(0, -1);
}

test.each([
  [0, '0'],
  [-0, '0'],
  [-1, '-1'],
  [-2, '-2'],
  [7, '7'],
  [10, '10'],
  [999, '999'],
  [1000, '1000'],
  [9999, '9999'],
  [10_000, '10000'],
  [10_000_000, '10000000'],
  [100_000_000, '100000000'],
  [2_147_483_647, '2147483647'],
  [2_147_483_648, '2147483648'],
  [-2_147_483_648, '-2147483648'],
  [1_760_000_000_000_001, '1760000000000001'],
  [9_007_199_254_740_991, '9007199254740991'],
  [9_007_199_254_740_992, '9007199254740992'],
  [-123_456_789_012, '-123456789012'],
  [1e15, '1000000000000000'],
  [0.5, '0.5'],
  [-0.25, '-0.25'],
  [1.5, '1.5'],
  [312.5, '312.5'],
  [1000.0001, '1000.0001'],
  [1 / 3, '0.333333333333333'],
  [2 / 3, '0.666666666666667'],
  [1234.000001, '1234.000001'],
  [-1_234_567.25, '-1234567.25'],
  [123_456_789_012.125, '123456789012.125'],
  [9999.9999999999, '10000'],
  [0.9999999999999999, '1'],
  [1.9999999999, '2'],
  [0.000001, '0.000001'],
  [1e-7, '1e-7'],
  [1e-9, '1e-9'],
  [1.5e20, '150000000000000000000'],
  [1e21, '1e+21'],
])('%d is written as %s', (value, expected) => {
  expect(text(value)).toBe(expected);
});

test('any integer is written exactly', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(text(value)).toBe(String(value));
    }),
  );
  fc.assert(
    fc.property(fc.integer(), (value) => {
      expect(textTo(numbers.writeInteger(0, value))).toBe(`${value},`);
    }),
  );
});

test('any number is written within a billionth of it', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.oneof(number, fc.double({ min: -1e9, max: 1e9, noNaN: true })), (value) => {
      const error = Math.abs(Number(text(value)) - value);
      expect(error).toBeLessThanOrEqual(Math.abs(value) * 1e-9);
    }),
    { numRuns: 3000 },
  );
});

test('numbers are taken from their places, in turn', () => {
  expect(textTo(numbers.writeNumbers(0, Float64Array.of(1.5, 20, -3), Uint8Array.of(2, 0, 0, 1)))).toBe(
    '-3,1.5,1.5,20,',
  );
});
