/**
 * In: a capture of a table. Out: the batches that the packet path made of it, and the truth of their rows. What a table
 * does not keep is computed here: derived CIC columns, and the context by the very counters that serve.
 */
import type { TableCapture } from './read-table.ts';
import type { RowTruth, TruthOfRow } from '../truth-of-capture.ts';
import { KubeSecureError } from '#core/error.ts';
import { CIC_WIDTH, createFeatureBatch, type FeatureBatch } from '#core/feature-batch.ts';
import { CIC_VALUE_COLUMNS } from '#features/cic/columns.ts';
import { createEntityCounters } from '#features/context/entity-counters.ts';
import { BATCH_ROWS } from '#roles/row-writer.ts';
import { REPEATABLE } from '../lab-runs.ts';
import { deriveCicColumns, KEPT_CIC_COLUMNS } from './cic-columns.ts';
import { REVERSED } from './table-format.ts';

/** A batch that knows where in its capture it lies. */
interface TableBatch extends FeatureBatch {
  readonly capture: TableCapture;
  /** The capture's row that is the batch's first. */
  firstRow: number;
}

/** The capture's rows in the order of reporting, as the packet path batched them. The batch is reused: read it at once. */
export function* batchesOf(capture: TableCapture): Generator<FeatureBatch> {
  const batch: TableBatch = { ...createFeatureBatch(BATCH_ROWS), capture, firstRow: 0 };
  const counters = createEntityCounters(REPEATABLE.entities);
  const fill = rowFiller(capture);
  for (batch.firstRow = 0; batch.firstRow < capture.rows; batch.firstRow += BATCH_ROWS) {
    batch.count = Math.min(BATCH_ROWS, capture.rows - batch.firstRow);
    for (let row = 0; row < batch.count; row++) {
      fill(batch, row, capture.from + batch.firstRow + row);
      counters.observe(batch, row);
    }
    yield batch;
  }
}

const ORDINARY: RowTruth = { family: null, reversed: false };

/** The truth of rows of `batchesOf(capture)`. Throws `internal` for a batch of anything else. */
export function truthOfRow(capture: TableCapture): TruthOfRow {
  const { families } = capture.columns;
  const codes = columnOf(capture, 'truth');
  const truths = new Map<number, RowTruth>([[0, ORDINARY]]);
  families.forEach((family, i) => {
    truths.set(i + 1, { family, reversed: false });
    truths.set(i + 1 + REVERSED, { family, reversed: true });
  });
  return (batch, row) => {
    if (!isTableBatch(batch) || batch.capture !== capture) {
      throw new KubeSecureError('internal', `while looking up a row's truth: its batch is not one of ${capture.name}`);
    }
    return truths.get(codes[capture.from + batch.firstRow + row]) ?? ORDINARY;
  };
}

function isTableBatch(batch: FeatureBatch): batch is TableBatch {
  return 'capture' in batch && 'firstRow' in batch;
}

/** Copies one row of the table into a batch, all but its context. */
function rowFiller(capture: TableCapture): (batch: FeatureBatch, row: number, from: number) => void {
  const { addresses, originUs } = capture.columns;
  const [client, server, clientPort, serverPort] = ['client', 'server', 'clientPort', 'serverPort'].map((name) =>
    columnOf(capture, name),
  );
  const [protocol, report, ending] = ['protocol', 'report', 'ending'].map((name) => columnOf(capture, name));
  const [reportedUs, sinceLastUs, durationUs, earlierUs] = ['reportedUs', 'sinceLastUs', 'durationUs', 'earlierUs'].map(
    (name) => columnOf(capture, name),
  );
  const cic = KEPT_CIC_COLUMNS.map(({ column }) => ({
    column,
    values: columnOf(capture, CIC_VALUE_COLUMNS[column]),
  }));

  return (batch, row, from) => {
    batch.reportedUs[row] = originUs + reportedUs[from];
    batch.lastUs[row] = batch.reportedUs[row] - sinceLastUs[from];
    batch.startUs[row] = batch.lastUs[row] - durationUs[from];
    batch.clientAddress.set(addresses.subarray(client[from] * 16, client[from] * 16 + 16), row * 16);
    batch.serverAddress.set(addresses.subarray(server[from] * 16, server[from] * 16 + 16), row * 16);
    batch.clientPort[row] = clientPort[from];
    batch.serverPort[row] = serverPort[from];
    batch.protocol[row] = protocol[from];
    batch.report[row] = report[from];
    batch.ending[row] = ending[from];
    for (const { column, values } of cic) batch.cic[row * CIC_WIDTH + column] = values[from];
    deriveCicColumns(batch.cic, row, {
      durationUs: durationUs[from],
      earlierUs: earlierUs[from],
      protocol: protocol[from],
    });
  };
}

function columnOf(capture: TableCapture, name: string): Float64Array {
  const values = capture.columns.values.get(name);
  if (values === undefined) throw new RangeError(`while reading a table: there is no column ${name}`);
  return values;
}
