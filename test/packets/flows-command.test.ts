import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CIC_COLUMNS } from '#features/cic/columns.ts';
import { runFlowsCommand } from '#roles/flows-command.ts';
import { tcp } from './frames.ts';
import { captureOf, withFile } from './run-capture.ts';

const small = { capacity: 64, seeds: 64 };

function flowsText(capture: Uint8Array, output: 'csv' | 'jsonl'): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-'));
  const target = join(folder, 'flows');
  const fd = openSync(target, 'w');
  try {
    withFile(capture, (path) => runFlowsCommand({ path, columns: 'cic', expiry: 'cic', output, fd, flows: parsed() }));
    return readFileSync(target, 'utf8');
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}

function parsed() {
  return {
    ...small,
    idleTimeoutMs: 60_000,
    halfOpenTimeoutMs: 10_000,
    activeTimeoutMs: 120_000,
    lingerMs: 500,
    firstReportMs: 750,
    sweepMs: 250,
  };
}

const capture = captureOf([
  [1, tcp({ from: '10.0.0.9/40000', to: '10.0.0.2/80', flags: 'S' })],
  [1001, tcp({ from: '10.0.0.2/80', to: '10.0.0.9/40000', flags: 'SA' })],
  [2000, tcp({ from: 'fd00::1/5', to: 'fd00::2/6', flags: 'S', payload: 3 })],
]);

test('CSV has the reference columns, its label, and times in UTC', () => {
  const [header, ...lines] = flowsText(capture, 'csv').trimEnd().split('\n');
  expect(header.split(',')).toEqual([...CIC_COLUMNS]);
  const rows = lines.map((line) => line.split(','));
  expect(rows.map((row) => row.length)).toEqual([94, 94]);
  expect(rows[0].slice(0, 10)).toEqual([
    '10.0.0.9-10.0.0.2-40000-80-6',
    '10.0.0.9',
    '40000',
    '10.0.0.2',
    '80',
    '6',
    '2025-10-09 08:53:20.000001',
    '1000',
    '1',
    '1',
  ]);
  expect(rows[1].slice(0, 7)).toEqual([
    'fd00::1-fd00::2-5-6-6',
    'fd00::1',
    '5',
    'fd00::2',
    '6',
    '6',
    '2025-10-09 08:53:20.002',
  ]);
  expect(rows[0].at(-1)).toBe('NeedManualLabel');
});

test('lines of flows of one packet, whose text is kept, are the same as if written anew', () => {
  const packets = Array.from({ length: 4000 }, (_, i) => {
    const from = `10.${i >> 8}.${i & 255}.1/7`;
    return [i, tcp({ from, to: '10.0.0.1/80', flags: i % 3 === 0 ? 'S' : 'PA', payload: i % 7 })] as const;
  });
  const lines = flowsText(captureOf(packets), 'csv').trimEnd().split('\n').slice(1);
  const values = new Map<number, Set<string>>();
  for (const line of lines) {
    const cells = line.split(',');
    expect(cells).toHaveLength(94);
    const [, second, third] = cells[1].split('.').map(Number);
    const kind = (second * 256 + third) % 21;
    values.set(kind, (values.get(kind) ?? new Set()).add(cells.slice(7).join(',')));
  }
  expect([...values.values()].map((texts) => texts.size)).toEqual(Array.from({ length: 21 }, () => 1));
  expect(new Set([...values.values()].flatMap((texts) => [...texts])).size).toBe(14);
});

test('JSON Lines have the same columns as keys', () => {
  const [first] = flowsText(capture, 'jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(Object.keys(first)).toEqual([...CIC_COLUMNS]);
  expect(first).toMatchObject({
    'Src IP': '10.0.0.9',
    'Src Port': 40_000,
    'Flow Duration': 1000,
    Label: 'NeedManualLabel',
  });
});

test('a reader that closes the pipe ends the work without a word', () => {
  const many = Array.from(
    { length: 5000 },
    (_, i) => [i, tcp({ from: `10.1.${i >> 8}.${i & 255}/7`, to: '10.0.0.1/80', flags: 'S' })] as const,
  );
  const script = `
    import { runFlowsCommand } from '#roles/flows-command.ts';
    runFlowsCommand({ path: process.argv[1], columns: 'cic', expiry: 'cic', output: 'jsonl', fd: 1 });`;
  withFile(captureOf(many), (path) => {
    const run = spawnSync(
      'sh',
      ['-c', '"$0" --input-type=module -e "$1" "$2" | head -c 100', process.execPath, script, path],
      { encoding: 'utf8' },
    );
    expect(run.stderr).toBe('');
    expect(run.stdout).toHaveLength(100);
  });
});
