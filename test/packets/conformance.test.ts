import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { START_US } from './captures.ts';
import { reportsOf, type Report } from './run-capture.ts';
import { CIC_VALUE_COLUMNS } from '#features/cic/columns.ts';

/** Pairs of NAME.pcap and NAME.cic.csv, as the corrected CICFlowMeter made them. */
const folder = process.env.KUBESECURE_CONFORMANCE_DIR ?? '';
const names = folder === '' ? [] : pairsIn(folder);

function pairsIn(path: string): string[] {
  const files = readdirSync(path);
  return files.filter((file) => file.endsWith('.cic.csv')).map((file) => file.slice(0, -'.cic.csv'.length));
}

const RELATIVE_ERROR = 1e-6;

test.runIf(names.length > 0).each(names)('every cell of %s equals the reference', (name) => {
  const capture = readFileSync(join(folder, `${name}.pcap`));
  const { reports } = reportsOf(capture, 'cic', { capacity: 65_536, seeds: 65_536 });
  const left = new Map<string, Report[]>();
  for (const report of reports) {
    const key = [report.client, report.server, report.protocol, report.startUs].join(' ');
    left.set(key, [...(left.get(key) ?? []), report]);
  }

  const [header, ...lines] = readFileSync(join(folder, `${name}.cic.csv`), 'utf8')
    .trimEnd()
    .split('\n');
  const columns = header.split(',');
  for (const line of lines) {
    const cells = line.split(',');
    const cell = (column: string): string => cells[columns.indexOf(column)];
    const client = `${cell('Src IP')}/${cell('Src Port')}`;
    const server = `${cell('Dst IP')}/${cell('Dst Port')}`;
    const key = [client, server, cell('Protocol'), microsOf(cell('Timestamp')) - START_US].join(' ');
    const report = left.get(key)?.shift();
    expect(report, key).toBeDefined();
    for (const column of CIC_VALUE_COLUMNS) {
      const expected = Number(cell(column));
      const error = Math.abs((report?.cic(column) ?? NaN) - expected);
      expect(error, `${key}: ${column}`).toBeLessThanOrEqual(Math.abs(expected) * RELATIVE_ERROR);
    }
  }
  expect([...left.values()].flat()).toEqual([]);
});

test.skipIf(folder === '')('the folder that KUBESECURE_CONFORMANCE_DIR names holds reference pairs', () => {
  expect(names).not.toEqual([]);
});

function microsOf(timestamp: string): number {
  const [moment, fraction = ''] = timestamp.split('.');
  return Date.parse(`${moment.replace(' ', 'T')}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
}
