import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { CIC_VALUE_COLUMNS } from '#features/cic/columns.ts';
import { joinPlanes } from './address-planes.ts';
import { decompress, unpackNumbers } from './packed-numbers.ts';
import { previousRows, referenceRows, type ReferenceRows } from './reference-rows.ts';
import {
  type CaptureFacts,
  KEY_COLUMNS,
  type RunFacts,
  TABLE_COLUMNS,
  TABLE_MAGIC,
  TableHeader,
} from './table-format.ts';

/** One run of the lab as rows. */
export interface RunTable {
  /** `<scenario>-<seed>`. */
  readonly name: string;
  readonly run: RunFacts;
  /** The whole capture first, then its crops. */
  readonly captures: readonly TableCapture[];
}

/** One capture's rows: `from` to `from + rows` of the run's columns. */
export interface TableCapture extends CaptureFacts {
  /** Packets of attacks, both directions. */
  readonly attackPackets: number;
  readonly from: number;
  readonly columns: TableRows;
}

/** The rows of all captures of a run. */
export interface TableRows {
  readonly originUs: number;
  /** 16 bytes an address. */
  readonly addresses: Uint8Array;
  readonly families: TableHeader['families'];
  /** TABLE_COLUMNS by name, one value a row. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

export const TABLE_SUFFIX = '.flows';

/** Reads a table. Throws `bad-input` naming the file where it is missing, damaged, or of another build's columns. */
export function readRunTable(path: string): RunTable {
  try {
    const file = readFileSync(path);
    const { header, bodyAt } = headerOf(file);
    const columns = columnsOf(file, header, bodyAt);
    let from = 0;
    const captures = header.captures.map((facts): TableCapture => {
      const attackPackets = facts.attacks.reduce((sum, { packets }) => sum + packets, 0);
      const capture = { ...facts, attackPackets, from, columns };
      from += facts.rows;
      return capture;
    });
    return { name: basename(path, TABLE_SUFFIX), run: header.run, captures };
  } catch (error) {
    throw new KubeSecureError('bad-input', `while reading the table ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Only what a table says of itself; the same errors. */
export function readTableHeader(path: string): TableHeader {
  try {
    return headerOf(readFileSync(path)).header;
  } catch (error) {
    throw new KubeSecureError('bad-input', `while reading the table ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

function headerOf(file: Buffer): { header: TableHeader; bodyAt: number } {
  const headerAt = TABLE_MAGIC.length + 4;
  if (file.length < headerAt || file.toString('latin1', 0, TABLE_MAGIC.length) !== TABLE_MAGIC) {
    throw new KubeSecureError('bad-input', `it does not begin with ${TABLE_MAGIC}`);
  }
  const bodyAt = headerAt + file.readUInt32LE(TABLE_MAGIC.length);
  if (file.length < bodyAt) throw new KubeSecureError('bad-input', 'it is cut in its header');
  const header = TableHeader.parse(JSON.parse(decompress(file.subarray(headerAt, bodyAt)).toString()));

  const bytes = header.columns.reduce((sum, column) => sum + column.bytes, header.addresses.bytes);
  if (file.length !== bodyAt + bytes) {
    throw new KubeSecureError('bad-input', `it is ${file.length} bytes long, ${bodyAt + bytes} by its header`);
  }
  const differs = header.cicColumns.findIndex((name, i) => name !== CIC_VALUE_COLUMNS[i]);
  if (differs >= 0) {
    throw new KubeSecureError(
      'bad-input',
      `CIC column ${differs} is ${header.cicColumns[differs]} there; make it again`,
    );
  }
  const rows = header.captures.reduce((sum, capture) => sum + capture.rows, 0);
  if (rows !== header.rows)
    throw new KubeSecureError('bad-input', `its captures have ${rows} rows, not ${header.rows}`);
  return { header, bodyAt };
}

function columnsOf(file: Buffer, header: TableHeader, bodyAt: number): TableRows {
  const { rows } = header;
  const values = new Map<string, Float64Array>();
  let at = bodyAt + header.addresses.bytes;
  const addresses = joinPlanes(decompress(file.subarray(bodyAt, at)));
  let ways: ReferenceRows = { none: null, row: previousRows(rows), alike: null, twin: null };

  TABLE_COLUMNS.forEach(({ name, kind }, i) => {
    const facts = header.columns[i];
    if (facts?.name !== name) throw new KubeSecureError('bad-input', `its column ${i} is not ${name}; make it again`);
    if (i === KEY_COLUMNS.length) ways = referenceRows(keysOf(values));
    values.set(name, unpackNumbers(file.subarray(at, at + facts.bytes), kind, ways[facts.by], rows));
    at += facts.bytes;
  });
  checkAddresses(values, header.addresses.count, addresses.length);
  return { originUs: header.originUs, addresses, families: header.families, values };
}

function keysOf(values: ReadonlyMap<string, Float64Array>): Parameters<typeof referenceRows>[0] {
  const [client, server, clientPort, serverPort, protocol, report] = KEY_COLUMNS.map((name) => {
    return values.get(name) ?? new Float64Array(0);
  });
  return { client, server, clientPort, serverPort, protocol, report };
}

function checkAddresses(values: ReadonlyMap<string, Float64Array>, count: number, bytes: number): void {
  if (bytes !== count * 16) throw new KubeSecureError('bad-input', `it has ${bytes} bytes of ${count} addresses`);
  for (const name of ['client', 'server']) {
    const wrong = values.get(name)?.find((id) => !(id >= 0 && id < count));
    if (wrong !== undefined)
      throw new KubeSecureError('bad-input', `its ${name} ${wrong} is none of ${count} addresses`);
  }
}
