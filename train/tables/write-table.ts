import type { CollectedRows } from './row-collector.ts';
import type { CaptureFacts, ColumnFacts, RunFacts, TableHeader, TableSource } from './table-format.ts';
import { FAMILIES } from '#core/family.ts';
import { CIC_VALUE_COLUMNS } from '#features/cic/columns.ts';
import { splitPlanes } from './address-planes.ts';
import { compress, packNumbers } from './packed-numbers.ts';
import { previousRows, REFERENCES, referenceRows, type ReferenceRows } from './reference-rows.ts';
import { KEY_COLUMNS, TABLE_COLUMNS, TABLE_MAGIC } from './table-format.ts';

/** Brotli's quality for trying out how to compare a column's rows. */
const TRIAL_QUALITY = 1;

/** The bytes of a table file, compressed with Brotli's `quality`. Throws `internal` for rows that the format cannot hold. */
export function encodeTable(
  rows: CollectedRows,
  facts: { readonly source: TableSource; readonly run: RunFacts; readonly captures: readonly CaptureFacts[] },
  quality: number,
): Buffer {
  const keys = keysOf(rows);
  const keyReferences: ReferenceRows = { none: null, row: previousRows(rows.count), alike: null, twin: null };
  const references = referenceRows(keys);
  const columns: ColumnFacts[] = [];
  const blobs: Buffer[] = [];

  for (const { name, kind } of TABLE_COLUMNS) {
    const values = columnOf(rows, name);
    const isKey = KEY_COLUMNS.some((key) => key === name);
    const ways = isKey ? keyReferences : references;
    const { by } = REFERENCES.filter((way) => way === 'none' || ways[way] !== null)
      .map((way) => ({ by: way, bytes: packNumbers(values, kind, ways[way], TRIAL_QUALITY).length }))
      .reduce((best, candidate) => (candidate.bytes < best.bytes ? candidate : best));
    const packed = packNumbers(values, kind, ways[by], quality);
    columns.push({ name, by, bytes: packed.length });
    blobs.push(packed);
  }

  const addresses = compress(splitPlanes(rows.addresses), quality);
  const header: TableHeader = {
    ...facts,
    captures: [...facts.captures],
    cicColumns: [...CIC_VALUE_COLUMNS],
    families: [...FAMILIES],
    rows: rows.count,
    originUs: rows.originUs,
    addresses: { count: rows.addresses.length / 16, bytes: addresses.length },
    columns,
  };
  const packedHeader = compress(Buffer.from(JSON.stringify(header)), quality);
  const start = Buffer.alloc(TABLE_MAGIC.length + 4);
  start.write(TABLE_MAGIC, 'latin1');
  start.writeUInt32LE(packedHeader.length, TABLE_MAGIC.length);
  return Buffer.concat([start, packedHeader, addresses, ...blobs]);
}

function keysOf(rows: CollectedRows): Parameters<typeof referenceRows>[0] {
  const [client, server, clientPort, serverPort, protocol, report] = KEY_COLUMNS.map((name) => columnOf(rows, name));
  return { client, server, clientPort, serverPort, protocol, report };
}

function columnOf(rows: CollectedRows, name: string): Float64Array {
  const values = rows.columns.get(name);
  if (values === undefined) throw new RangeError(`while packing a table: there is no column ${name}`);
  return values;
}
