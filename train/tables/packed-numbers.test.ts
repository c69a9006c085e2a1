import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { packNumbers, unpackNumbers } from './packed-numbers.ts';
import { previousRows } from './reference-rows.ts';

const QUALITY = 4;

function there(values: readonly number[], kind: 'whole' | 'float' | 'rounded', compared: boolean): number[] {
  const references = compared ? previousRows(values.length) : null;
  const packed = packNumbers(Float64Array.from(values), kind, references, QUALITY);
  return [...unpackNumbers(packed, kind, references, values.length)];
}

test('whole numbers come back to the last digit, compared or not', () => {
  const numbers = fc.array(
    fc.oneof(
      fc.maxSafeInteger().map((n) => Math.trunc(n / 4)),
      fc.integer({ min: -300, max: 300 }),
    ),
  );
  fc.assert(
    fc.property(numbers, fc.boolean(), (values, compared) => {
      expect(there(values, 'whole', compared)).toEqual(values.map((value) => value + 0));
    }),
  );
});

test('floats come back as 32-bit floats', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true })), fc.boolean(), (values, compared) => {
      expect(there(values, 'float', compared)).toEqual(values);
    }),
  );
});

test('rounded numbers come back within one part in two thousand', () => {
  const positive = fc.double({ min: 1e-30, max: 1e30, noNaN: true });
  fc.assert(
    fc.property(fc.array(positive), fc.boolean(), (values, compared) => {
      there(values, 'rounded', compared).forEach((value, i) => {
        expect(Math.abs(value - values[i]) / values[i]).toBeLessThanOrEqual(2 ** -11 + 1e-6);
      });
    }),
  );
});

test('numbers like their references take hardly any room', () => {
  const values = Float64Array.from({ length: 5_000 }, (_, i) => 1.7e15 + i * 1_000);
  expect(packNumbers(values, 'whole', previousRows(5_000), QUALITY).length).toBeLessThan(60);
});

test.each([
  ['whole', 1.5],
  ['whole', 2 ** 53],
  ['rounded', Infinity],
  ['float', NaN],
] as const)('a number that is no %s one is refused: %d', (kind, value) => {
  expect(() => packNumbers(Float64Array.of(value), kind, null, QUALITY)).toThrow(/while packing a table/);
});

test('bytes that are damaged, or of another number of rows, are refused', () => {
  const packed = packNumbers(Float64Array.of(1, 2, 3), 'whole', null, QUALITY);
  expect(() => unpackNumbers(packed, 'whole', null, 2)).toThrow('3 bytes are no planes of 2 numbers');
  expect(() => unpackNumbers(packed.subarray(2), 'whole', null, 3)).toThrow('damaged');
});
