import { expect } from 'vitest';
import type { CicColumn } from '#features/cic/columns.ts';
import type { Row } from './flow-rows.ts';

/** These cells of a row have these values, numbers within a billionth. */
export function expectCells(row: Row, cells: { readonly [column in CicColumn]?: number | string }): void {
  for (const [column, value] of Object.entries(cells)) {
    if (typeof value === 'string') expect(row[column], column).toBe(value);
    else
      expect(Math.abs(Number(row[column]) - value), `${column} is ${row[column]}, not ${value}`).toBeLessThanOrEqual(
        Math.abs(value) * 1e-9,
      );
  }
}
