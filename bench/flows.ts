/**
 * How fast flows are made of a capture, beside a program that only reads it.
 * All programs read the same files in turn; a figure is the median of the runs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateCapture, type CaptureKind } from './generate-capture.ts';

interface Measurement {
  /** User and system time of the whole process. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Null where the program does not tell. */
  readonly rssMb: number | null;
  readonly flows: number | null;
}

const CAPTURES: readonly { readonly kind: CaptureKind; readonly title: string }[] = [
  { kind: 'mixed', title: 'mixed traffic' },
  { kind: 'mixed6', title: 'mixed traffic, IPv6' },
  { kind: 'flood', title: 'SYN flood' },
  { kind: 'elephant', title: 'one elephant flow' },
];

/** Prints a line for each capture and program as soon as it is measured. */
export function benchFlows(packets: number, runs: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-bench-'));
  try {
    print(['capture', 'program', 'packets/s', 'packets/CPU s', 'RSS MB', 'flows', 'of tcpdump']);
    for (const { kind, title } of CAPTURES) {
      const path = join(folder, `${kind}.pcap`);
      generateCapture(kind, path, packets, 1);
      benchCapture(path, title, packets, runs);
      rmSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function benchCapture(path: string, title: string, packets: number, runs: number): void {
  const programs = [
    { name: 'tcpdump -w /dev/null', command: ['tcpdump', '-r', path, '-w', '/dev/null'] },
    {
      name: 'kubesecure flows',
      command: [process.execPath, join(import.meta.dirname, 'measured-flows.ts'), path],
    },
  ];
  const measured = programs.map((): Measurement[] => []);
  for (let run = 0; run < runs; run++) programs.forEach(({ command }, i) => measured[i].push(measure(command)));
  const medians = measured.map((list) => medianOf(list));
  medians.forEach((median, i) => {
    print([
      title,
      programs[i].name,
      millions(packets / median.wallSeconds),
      millions(packets / median.cpuSeconds),
      median.rssMb === null ? '' : median.rssMb.toFixed(0),
      median.flows === null ? '' : String(median.flows),
      (medians[0].cpuSeconds / median.cpuSeconds).toFixed(2),
    ]);
  });
}

function medianOf(list: readonly Measurement[]): Measurement {
  return list.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)[list.length >> 1];
}

/** The shell's `times` tells the processor time of what it has started. */
function measure(command: readonly string[]): Measurement {
  const nowhere = openSync('/dev/null', 'w');
  const started = performance.now();
  const run = spawnSync('sh', ['-c', '"$@" >&3 && times', 'sh', ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', nowhere],
  });
  const wallSeconds = (performance.now() - started) / 1000;
  if (run.status !== 0) throw new Error(`while measuring ${command[0]}: ${run.stderr}`);
  const told = run.stderr.trim().split('\n').at(-1) ?? '';
  const own = told.startsWith('{') ? (JSON.parse(told) as { rssMb: number; flows: number }) : null;
  return { cpuSeconds: cpuSecondsOf(run.stdout), wallSeconds, rssMb: own?.rssMb ?? null, flows: own?.flows ?? null };
}

function cpuSecondsOf(times: string): number {
  const children = times.trim().split('\n').at(-1) ?? '';
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

function millions(perSecond: number): string {
  return `${(perSecond / 1e6).toFixed(2)} M`;
}

function print(cells: readonly string[]): void {
  const widths = [20, 20, 10, 14, 7, 8, 10];
  process.stdout.write(
    `${cells
      .map((cell, i) => cell.padEnd(widths[i]))
      .join(' ')
      .trimEnd()}\n`,
  );
}
