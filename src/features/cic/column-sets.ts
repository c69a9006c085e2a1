import { CIC_NAME_COLUMNS, CIC_VALUE_COLUMNS, type CicColumn, type CicNameColumn } from './columns.ts';
import { KUBESECURE_NAMES, KUBESECURE_VALUES } from './kubesecure-columns.ts';

/** Sets of columns that flows can be written with: the corrected CICFlowMeter's, and the original KubeSecure's. */
export const FLOW_COLUMN_SETS = ['cic', 'kubesecure'] as const;
export type FlowColumnSet = (typeof FLOW_COLUMN_SETS)[number];

/** What stands in a line, in this order. */
export interface ColumnSet {
  /** Columns that name the flow, and what each is in CIC; null is a column without values. */
  readonly names: readonly (readonly [name: string, from: CicNameColumn | null])[];
  /** Columns from the CIC vector. */
  readonly values: readonly (readonly [name: string, from: CicColumn])[];
  /** A last column that is the same in every line. */
  readonly label: readonly [name: string, value: string] | null;
  /** JSON Lines only: the key that tells how the flow ended, one of FLOW_ENDINGS. */
  readonly ending: string;
}

export const COLUMN_SETS: Readonly<Record<FlowColumnSet, ColumnSet>> = {
  cic: {
    names: CIC_NAME_COLUMNS.map((name) => [name, name]),
    values: CIC_VALUE_COLUMNS.map((name) => [name, name]),
    label: ['Label', 'NeedManualLabel'],
    ending: 'Ending',
  },
  kubesecure: { names: KUBESECURE_NAMES, values: KUBESECURE_VALUES, label: null, ending: 'ending' },
};

/** The names of all columns of a set, in order. */
export function columnNames({ names, values, label }: ColumnSet): string[] {
  return [...names, ...values, ...(label === null ? [] : [label])].map(([name]) => name);
}
