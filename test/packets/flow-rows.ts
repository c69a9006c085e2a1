import { createCaptureCounters, dropsByReason } from '#capture/drops.ts';
import { createCaptureParser } from '#capture/parser.ts';
import { createFlowWriter } from '#features/cic/flow-writer.ts';
import { FlowsConfig } from '#flows/config.ts';
import { createFlowTable } from '#flows/flow-table.ts';
import { feed } from './collect-reports.ts';

/** A row of CSV by column. */
export type Row = Readonly<Record<string, string>>;

/** What `kubesecure flows` writes for a capture, and what was dropped; nothing is evicted from tables of this size. */
export function flowRowsOf(
  capture: Uint8Array,
  options: { readonly expiry?: 'cic' | 'live'; readonly flows?: object } = {},
): { rows: Row[]; drops: Record<string, number> } {
  let text = '';
  const writer = createFlowWriter({
    columns: 'cic',
    format: 'csv',
    send: (bytes) => (text += Buffer.from(bytes).toString('latin1')),
  });
  const config = FlowsConfig.parse({ capacity: 2048, seeds: 2048, ...options.flows });
  const table = createFlowTable(config, options.expiry ?? 'cic', (memory, base, ending) =>
    writer.write(memory, base, ending),
  );
  const counters = createCaptureCounters();
  const parser = createCaptureParser({ name: 'a capture', counters, onBatch: (batch) => table.add(batch) });
  feed(parser, capture, [Infinity]);
  parser.end();
  table.finish();
  writer.flush();
  return { rows: rowsOf(text), drops: dropsByReason(counters) };
}

/** The rows of a CSV text with a header; no cell of ours holds a comma. */
export function rowsOf(text: string): Row[] {
  const [header, ...lines] = text.trimEnd().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    if (cells.length < columns.length) throw new Error(`a row of ${cells.length} cells: ${line}`);
    return Object.fromEntries(columns.map((column, index) => [column, cells[index]]));
  });
}
