import { FLOW_ENDINGS } from '#core/feature-batch.ts';
import { COLUMN_SETS, columnNames, type ColumnSet, type FlowColumnSet } from './column-sets.ts';
import { cicIndexOf, type CicNameColumn } from './columns.ts';
import { textBytes } from './text-buffer.ts';

/** How flows are written: CSV with a header line, or one JSON object a line with the columns as keys. */
export const FLOW_FORMATS = ['csv', 'jsonl'] as const;
export type FlowFormat = (typeof FLOW_FORMATS)[number];

/** A line as bytes around its values. Every value but a label is followed by a comma. */
export interface LineLayout {
  /** What comes before the first line. */
  readonly header: Uint8Array;
  /** The columns that name the flow. */
  readonly names: readonly (CicNameColumn | null)[];
  /** The other columns, as places in the CIC vector. */
  readonly values: Uint8Array;
  /** JSON: what comes before the value of each column, names first, the quote of a text included. Null for CSV. */
  readonly keys: readonly Uint8Array[] | null;
  /** What ends the line, by how the flow ended (index into FLOW_ENDINGS). */
  readonly tails: readonly Uint8Array[];
  /** Bytes that the tail takes the place of: 1 where the last value's comma has to go. */
  readonly cut: 0 | 1;
}

export function lineLayout(columns: FlowColumnSet, format: FlowFormat): LineLayout {
  const set = COLUMN_SETS[columns];
  const isJson = format === 'jsonl';
  return {
    header: textBytes(isJson ? '' : `${columnNames(set).join(',')}\n`),
    names: set.names.map(([, from]) => from),
    values: Uint8Array.from(set.values, ([, from]) => cicIndexOf(from)),
    keys: isJson ? jsonKeys(set) : null,
    tails: FLOW_ENDINGS.map((ending) => textBytes(isJson ? jsonTail(set, ending) : `${set.label?.[1] ?? ''}\n`)),
    cut: isJson || set.label !== null ? 0 : 1,
  };
}

const NUMBERS = new Set<CicNameColumn | null>(['Src Port', 'Dst Port', 'Protocol']);

function jsonKeys({ names, values }: ColumnSet): Uint8Array[] {
  const keys = [
    ...names.map(([name, from]) => `${JSON.stringify(name)}:${from === null ? 'null' : NUMBERS.has(from) ? '' : '"'}`),
    ...values.map(([name]) => `${JSON.stringify(name)}:`),
  ];
  keys[0] = `{${keys[0]}`;
  return keys.map(textBytes);
}

/** The last members of the object, the first of them after a comma. */
function jsonTail({ label, ending }: ColumnSet, word: string): string {
  const members = Object.fromEntries([...(label === null ? [] : [label]), [ending, word]]);
  return `${JSON.stringify(members).slice(1)}\n`;
}
