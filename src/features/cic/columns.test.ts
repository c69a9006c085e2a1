import { expect, test } from 'vitest';
import { CIC_WIDTH } from '#core/feature-batch.ts';
import { CIC_COLUMNS, CIC_VALUE_COLUMNS, cicIndexOf } from './columns.ts';

test('there are 94 different columns, and the vector has those from the duration to the connection time', () => {
  expect(new Set(CIC_COLUMNS).size).toBe(94);
  expect(CIC_VALUE_COLUMNS).toHaveLength(CIC_WIDTH);
  expect(CIC_VALUE_COLUMNS.at(0)).toBe('Flow Duration');
  expect(CIC_VALUE_COLUMNS.at(-1)).toBe('Total Connection Flow Time');
});

test('a column that is not in the vector is refused', () => {
  expect(cicIndexOf('Bwd Act Data Pkts')).toBe(69);
  expect(() => cicIndexOf('Label')).toThrow(RangeError);
});
