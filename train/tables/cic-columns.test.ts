import { expect, test } from 'vitest';
import { CIC_WIDTH } from '#core/feature-batch.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { DERIVED_CIC_COLUMNS, KEPT_CIC_COLUMNS } from './cic-columns.ts';

test('each column of the CIC vector is either kept or derived', () => {
  const columns = [...KEPT_CIC_COLUMNS.map(({ column }) => column), ...DERIVED_CIC_COLUMNS];
  expect(columns.toSorted((a, b) => a - b)).toEqual(Array.from({ length: CIC_WIDTH }, (_, i) => i));
});

test('no column that the model reads is rounded', () => {
  const read = FEATURE_CONTRACT.features.filter(({ source }) => source === 'cic').map(({ column }) => column);
  const rounded = KEPT_CIC_COLUMNS.filter(({ kind }) => kind === 'rounded').map(({ column }) => column);
  expect(rounded.filter((column) => read.includes(column))).toEqual([]);
});
