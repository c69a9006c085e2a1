import { CIC_WIDTH, FLOW_ENDINGS } from '#core/feature-batch.ts';
import { createFlowWriter } from '#features/cic/flow-writer.ts';
import { CIC_COLUMNS } from '#features/cic/columns.ts';
import { writeCicVector } from '#features/cic/vector.ts';
import { FlowsConfig } from '#flows/config.ts';
import { createFlowTable, type FlowTable } from '#flows/flow-table.ts';

/** A flow table under test: what its reports add up to, and what was wrong with them. */
export interface WatchedTable {
  readonly table: FlowTable;
  /** Packets in flows that have ended, after `table.finish()` all packets that it took. */
  readonly packetsInFlows: () => number;
  /** Hands the rest of the text on to be looked at. */
  readonly flush: () => void;
}

const SNAPSHOT = FLOW_ENDINGS.indexOf('snapshot');
const FIRST_NUMBER = CIC_COLUMNS.indexOf('Flow Duration');

/** Every value of every report and every cell of the text is looked at. Throws where one is no finite number. */
export function createWatchedTable(
  expiry: 'cic' | 'live',
  sizes: { readonly capacity: number; readonly seeds: number },
  format: 'csv' | 'jsonl',
): WatchedTable {
  const vector = new Float64Array(CIC_WIDTH);
  let packets = 0;
  let isFirstPiece = true;
  const writer = createFlowWriter({
    columns: 'cic',
    format,
    send(bytes) {
      checkText(Buffer.from(bytes).toString('latin1'), format, isFirstPiece);
      isFirstPiece = false;
    },
  });
  const table = createFlowTable(FlowsConfig.parse(sizes), expiry, (memory, base, ending) => {
    writeCicVector(memory, base, vector, 0);
    for (let i = 0; i < CIC_WIDTH; i++) {
      if (!Number.isFinite(vector[i])) throw new Error(`${CIC_COLUMNS[FIRST_NUMBER + i]} is ${vector[i]}`);
    }
    if (ending !== SNAPSHOT) packets += vector[1] + vector[2];
    writer.write(memory, base, ending);
  });
  return { table, packetsInFlows: () => packets, flush: () => writer.flush() };
}

/** Pieces end with whole lines. One line of each is read cell by cell, the others must look the same. */
function checkText(text: string, format: 'csv' | 'jsonl', isFirstPiece: boolean): void {
  if (/NaN|Infinity|undefined|null|,,/.test(text)) throw new Error(`no number in ${text.slice(0, 2000)}`);
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('a piece of text does not end with a line');
  const line = lines.at(-1);
  if (line === undefined || (isFirstPiece && lines.length === 1)) return;
  if (format === 'jsonl') {
    const columns = Object.keys(JSON.parse(line) as object).slice(0, CIC_COLUMNS.length);
    if (columns.join() !== CIC_COLUMNS.join()) throw new Error(`columns of ${line}`);
    return;
  }
  const cells = line.split(',');
  if (cells.length !== CIC_COLUMNS.length) throw new Error(`${cells.length} cells in ${line}`);
  for (const cell of cells.slice(FIRST_NUMBER, -1)) {
    if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(cell)) throw new Error(`the cell "${cell}" in ${line}`);
  }
}
