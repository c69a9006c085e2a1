import type { FeatureBatch } from '#core/feature-batch.ts';
import type { RowTruth, TruthOfRow } from '../truth-of-capture.ts';
import { FAMILIES } from '#core/family.ts';
import { CIC_WIDTH } from '#core/feature-batch.ts';
import { CIC_VALUE_COLUMNS } from '#features/cic/columns.ts';
import { earlierUsOf, KEPT_CIC_COLUMNS } from './cic-columns.ts';
import { REVERSED, TABLE_COLUMNS } from './table-format.ts';

/** Rows of a run's captures, one after another, column by column. */
export interface CollectedRows {
  readonly count: number;
  readonly originUs: number;
  /** 16 bytes each, in order of appearance. */
  readonly addresses: Uint8Array;
  /** TABLE_COLUMNS by name. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

/** Takes the packet path's batches, with the truth of their rows; reads a batch during the call. */
export function createRowCollector(originUs: number): {
  observe(batch: FeatureBatch, truthOfRow: TruthOfRow): void;
  rows(): CollectedRows;
} {
  const addresses = new Map<string, number>();
  const columns = new Map<string, number[]>(TABLE_COLUMNS.map(({ name }) => [name, []]));
  const cic = KEPT_CIC_COLUMNS.map(({ column }) => ({ column, into: columns.get(CIC_VALUE_COLUMNS[column]) }));
  const facts = factColumns(idOf, originUs).map(({ name, of }) => ({ of, into: columns.get(name) }));
  let count = 0;

  function idOf(bytes: Uint8Array, row: number): number {
    const text = Buffer.from(bytes.subarray(row * 16, row * 16 + 16)).toString('latin1');
    const id = addresses.get(text) ?? addresses.size;
    addresses.set(text, id);
    return id;
  }

  return {
    observe(batch, truthOfRow) {
      for (let row = 0; row < batch.count; row++) {
        const truth = truthOfRow(batch, row);
        for (const { of, into } of facts) into?.push(of(batch, row, truth));
        for (const { column, into } of cic) into?.push(batch.cic[row * CIC_WIDTH + column]);
      }
      count += batch.count;
    },
    rows: () => ({
      count,
      originUs,
      addresses: Buffer.from([...addresses.keys()].join(''), 'latin1'),
      columns: new Map([...columns].map(([name, values]) => [name, Float64Array.from(values)])),
    }),
  };
}

/** How the columns that are no CIC columns are read off a row. */
function factColumns(idOf: (bytes: Uint8Array, row: number) => number, originUs: number) {
  type Column = { readonly name: string; readonly of: (batch: FeatureBatch, row: number, truth: RowTruth) => number };
  const columns: readonly Column[] = [
    { name: 'client', of: ({ clientAddress }, row) => idOf(clientAddress, row) },
    { name: 'server', of: ({ serverAddress }, row) => idOf(serverAddress, row) },
    { name: 'clientPort', of: ({ clientPort }, row) => clientPort[row] },
    { name: 'serverPort', of: ({ serverPort }, row) => serverPort[row] },
    { name: 'protocol', of: ({ protocol }, row) => protocol[row] },
    { name: 'report', of: ({ report }, row) => report[row] },
    { name: 'ending', of: ({ ending }, row) => ending[row] },
    { name: 'reportedUs', of: ({ reportedUs }, row) => reportedUs[row] - originUs },
    { name: 'sinceLastUs', of: ({ reportedUs, lastUs }, row) => reportedUs[row] - lastUs[row] },
    { name: 'durationUs', of: ({ lastUs, startUs }, row) => lastUs[row] - startUs[row] },
    { name: 'earlierUs', of: ({ cic, protocol }, row) => earlierUsOf(cic, row, protocol[row]) },
    { name: 'truth', of: (_batch, _row, truth) => truthCode(truth) },
  ];
  return columns;
}

/** How a row's truth is written: 0 for ordinary traffic. */
export function truthCode({ family, reversed }: RowTruth): number {
  return (family === null ? 0 : FAMILIES.indexOf(family) + 1) + (reversed ? REVERSED : 0);
}
