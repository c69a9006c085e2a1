import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SensorStats } from '#core/sensor-stats.ts';
import { COLUMN_SETS, columnNames } from '#features/cic/column-sets.ts';
import { CIC_COLUMNS } from '#features/cic/columns.ts';
import { runFlowsCommand } from '#roles/flows-command.ts';
import { ethernet, tcp } from './frames.ts';
import { captureOf, withFile } from './run-capture.ts';
import { vxlan } from './tunnels.ts';

type Options = Omit<Parameters<typeof runFlowsCommand>[0], 'path' | 'fd'>;

const CIC_CSV: Options = { columns: 'cic', expiry: 'cic', output: 'csv', capacity: 64 };
const PROGRAM = join(import.meta.dirname, '../../bin/kubesecure');

/** What the command writes for a capture, what it tells of it, and its error's message. */
async function flowsOf(capture: Uint8Array, options: Options = CIC_CSV) {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-'));
  const [path, target] = [join(folder, 'capture'), join(folder, 'flows')];
  writeFileSync(path, capture);
  const fd = openSync(target, 'w');
  let stats: SensorStats | null = null;
  let problem = '';
  try {
    stats = await runFlowsCommand({ ...options, path, fd });
  } catch (error) {
    problem = String(error);
  } finally {
    closeSync(fd);
  }
  const text = readFileSync(target, 'utf8');
  rmSync(folder, { recursive: true });
  return { text, lines: text.split('\n').slice(0, -1), stats, problem };
}

/** Runs the program in a shell that may do something with its output. */
function run(shell: string, capture: Uint8Array = scanOf(5000)) {
  return withFile(capture, (path) =>
    spawnSync('sh', ['-c', shell, PROGRAM, path], { encoding: 'utf8', timeout: 20_000 }),
  );
}

/** SYNs from as many addresses. */
function scanOf(packets: number): Buffer {
  return captureOf(
    Array.from(
      { length: packets },
      (_, i) => [i, tcp({ from: `10.1.${i >> 8}.${i & 255}/7`, to: '10.0.0.1/80', flags: 'S' })] as const,
    ),
  );
}

const capture = captureOf([
  [1, tcp({ from: '10.0.0.9/40000', to: '10.0.0.2/80', flags: 'S' })],
  [1001, tcp({ from: '10.0.0.2/80', to: '10.0.0.9/40000', flags: 'SA' })],
  [2000, tcp({ from: 'fd00::1/5', to: 'fd00::2/6', flags: 'S', payload: 3 })],
]);

test('CSV has the reference columns, its label, and times in UTC', async () => {
  const { lines } = await flowsOf(capture);
  expect(lines[0].split(',')).toEqual([...CIC_COLUMNS]);
  const rows = lines.slice(1).map((line) => line.split(','));
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

test('the original columns are written in their order, Ethernet addresses empty', async () => {
  const { lines } = await flowsOf(capture, { ...CIC_CSV, columns: 'kubesecure' });
  expect(lines[0].split(',')).toEqual(columnNames(COLUMN_SETS.kubesecure));
  expect(lines[1].split(',')).toHaveLength(84);
  expect(lines[1]).toMatch(/^10\.0\.0\.9,10\.0\.0\.2,40000,80,,,6,2025-10-09 08:53:20\.000001,1000,/);
});

test('lines of flows of one packet, whose text is kept, are the same as if written anew', async () => {
  const packets = Array.from({ length: 4000 }, (_, i) => {
    const from = `10.${i >> 8}.${i & 255}.1/7`;
    return [i, tcp({ from, to: '10.0.0.1/80', flags: i % 3 === 0 ? 'S' : 'PA', payload: i % 7 })] as const;
  });
  const { lines } = await flowsOf(captureOf(packets));
  const values = new Map<number, Set<string>>();
  for (const line of lines.slice(1)) {
    const cells = line.split(',');
    expect(cells).toHaveLength(94);
    const [, second, third] = cells[1].split('.').map(Number);
    const kind = (second * 256 + third) % 21;
    values.set(kind, (values.get(kind) ?? new Set()).add(cells.slice(7).join(',')));
  }
  expect([...values.values()].map((texts) => texts.size)).toEqual(Array.from({ length: 21 }, () => 1));
  expect(new Set([...values.values()].flatMap((texts) => [...texts])).size).toBe(14);
});

test('JSON Lines have the columns as keys, and how each flow ended', async () => {
  const { lines } = await flowsOf(capture, { ...CIC_CSV, output: 'jsonl' });
  const first = JSON.parse(lines[0]) as object;
  expect(Object.keys(first)).toEqual([...CIC_COLUMNS, 'Ending']);
  expect(first).toMatchObject({
    'Src IP': '10.0.0.9',
    'Src Port': 40_000,
    'Flow Duration': 1000,
    Label: 'NeedManualLabel',
    Ending: 'end-of-capture',
  });
});

test('flows that give way in a full table are told in JSON Lines and in the counters', async () => {
  const { lines, stats } = await flowsOf(scanOf(200), { ...CIC_CSV, output: 'jsonl' });
  const endings = lines.map((line) => (JSON.parse(line) as { Ending: string }).Ending);
  expect(endings.filter((ending) => ending === 'evicted')).toHaveLength(136);
  expect(endings.filter((ending) => ending === 'end-of-capture')).toHaveLength(64);
  expect(stats?.flowsEvicted).toBe(136);
});

test('tunnels give the flows of their ends, or those of the packets inside', async () => {
  const tunnelled = captureOf([[1, vxlan(ethernet(tcp({ from: '10.0.0.9/40000', to: '10.0.0.2/80', flags: 'S' })))]]);
  const outer = await flowsOf(tunnelled);
  expect(outer.lines[1]).toMatch(/^192\.0\.2\.1-192\.0\.2\.2-51111-4789-17,/);
  const inner = await flowsOf(tunnelled, { ...CIC_CSV, tunnels: 'inner' });
  expect(inner.lines[1]).toMatch(/^10\.0\.0\.9-10\.0\.0\.2-40000-80-6,/);
  expect(inner.lines).toHaveLength(2);
});

test('a capture that is damaged further on gives the flows before the damage, and the error', async () => {
  const damaged = Buffer.from(capture);
  const lastPacket = damaged.length - (16 + ethernet(tcp({ from: 'fd00::1/5', to: 'fd00::2/6', payload: 3 })).length);
  damaged.writeUInt32LE(0x7fff_ffff, lastPacket + 8);
  const { lines, problem } = await flowsOf(damaged);
  expect(problem).toMatch(/at byte \d+/);
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['10.0.0.9-10.0.0.2-40000-80-6']);
});

test('what is no capture gives an error and no header', async () => {
  const { text, problem } = await flowsOf(Buffer.from('a sentence, and no capture at all'));
  expect(problem).toContain('while reading');
  expect(text).toBe('');
});

test('a reader that has seen enough ends the work at once and without a word', () => {
  const shell = '{ "$0" flows "$1" --output jsonl; echo "ended with $?" >&2; } | (sleep 1; head -c 100)';
  const { stdout, stderr } = run(shell, scanOf(20_000));
  expect(stdout).toHaveLength(100);
  expect(stderr).toBe('ended with 0\n');
});

test('a slow reader gets every line', () => {
  const { stdout, stderr } = run('"$0" flows "$1" | (sleep 1; wc -l)');
  expect(stderr).toBe('');
  expect(Number(stdout)).toBe(5001);
});

test('output that cannot be written is an error that says why', () => {
  const { stderr, status } = run('"$0" flows "$1" > /dev/full');
  expect(stderr).toBe('kubesecure: while writing flows: ENOSPC: no space left on device, write\n');
  expect(status).toBe(1);
});

test('flows written before their end are told on standard error, with what helps', () => {
  const { stderr, status } = run('"$0" flows "$1" --capacity 1000 > /dev/null');
  expect(stderr).toBe(
    'kubesecure: 4000 flows were written before their end, as the table was full: a higher --capacity holds more at once\n',
  );
  expect(status).toBe(0);
  expect(run('"$0" flows "$1" --capacity 5000 > /dev/null').stderr).toBe('');
});

test.each([
  ['--columns original', 'Allowed choices are cic, kubesecure.'],
  ['--tunnels both', 'Allowed choices are outer, inner.'],
  ['--output xml', 'Allowed choices are csv, jsonl.'],
  ['--capacity 3', 'It is a whole number from 16 to 4194304.'],
  ['--capacity many', 'It is a whole number from 16 to 4194304.'],
])('%s is refused with what is allowed', (parameters, words) => {
  const { stdout, stderr, status } = run(`"$0" flows "$1" ${parameters}`);
  expect(stderr).toContain(words);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});
