/**
 * What watching a busy interface costs: mixed traffic is sent over a wire between two namespaces of our own, and a sensor
 * counts it at the other end. `node bench/live.ts [PACKETS_PER_SECOND] [SECONDS]`, as root; needs tcpdump and python3.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { removeStaleNetworks } from '../lab/network.ts';
import { generateCapture } from './generate-capture.ts';
import { machineLine } from './machine.ts';
import { cpuSecondsOf, descendantsOf, memoryOf } from './process-tree.ts';
import { createVethPair, type VethPair } from './veth-pair.ts';

const Sent = z.object({ sent: z.number(), seconds: z.number(), refused: z.number() });
const Counted = z.object({ packets: z.number(), drops: z.record(z.string(), z.number()), rows: z.number() });

/** tcpdump tells its drops every two seconds; the counters come once a second. */
const SETTLE_MS = 4000;

const [perSecond = 150_000, seconds = 20] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'kubesecure-bench-'));
const capture = join(folder, 'mixed.pcap');
await removeStaleNetworks();
const pair = await createVethPair();
try {
  generateCapture('mixed', capture, { packets: perSecond * seconds, seed: 1, seconds });
  process.stdout.write(`${machineLine()}\n\n`);
  await watch(pair);
} finally {
  await pair.remove();
  rmSync(folder, { recursive: true });
}

async function watch(wire: VethPair): Promise<void> {
  const sensor = start(wire.atWatcher([process.execPath, join(import.meta.dirname, 'live-sensor.ts'), wire.interface]));
  const sender = start(
    wire.atSender([
      'python3',
      join(import.meta.dirname, 'send_capture.py'),
      wire.interface,
      capture,
      String(perSecond),
    ]),
  );
  try {
    await sender.line();
    while (!(await wire.isWatched())) await pause(100);
    await sensor.line();
    const before = takeStock(sensor.pid);
    sender.process.stdin?.write('go\n');
    const sent = Sent.parse(JSON.parse(await sender.line()));
    const after = takeStock(sensor.pid);
    await pause(SETTLE_MS);
    print(sent, before, after, Counted.parse(JSON.parse(sensor.lastLine())), await wire.received());
  } finally {
    sender.process.kill();
    sensor.process.kill();
    if (sensor.process.exitCode === null) await once(sensor.process, 'exit');
  }
}

interface Started {
  readonly process: ChildProcess;
  readonly pid: number;
  /** The next line that it says. Rejects when it ends before. */
  line(): Promise<string>;
  lastLine(): string;
}

function start([program = '', ...parameters]: readonly string[]): Started {
  const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  let last = '';
  lines.on('line', (line) => (last = line));
  return {
    process: child,
    pid: child.pid ?? 0,
    lastLine: () => last,
    async line() {
      const ended = once(child, 'exit').then(() => Promise.reject(new Error(`while running ${program}: it has ended`)));
      const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
      return line;
    },
  };
}

/** Processor time so far, and memory, of the sensor's process and of its tcpdump. */
interface Stock {
  readonly sensorCpu: number;
  readonly tcpdumpCpu: number;
  readonly sensorMib: number;
  readonly tcpdumpMib: number;
}

function takeStock(sensor: number): Stock {
  const tcpdump = descendantsOf(sensor).find(({ name }) => name === 'tcpdump')?.pid ?? 0;
  return {
    sensorCpu: cpuSecondsOf(sensor) ?? NaN,
    tcpdumpCpu: cpuSecondsOf(tcpdump) ?? NaN,
    sensorMib: memoryOf(sensor)?.mostMib ?? NaN,
    tcpdumpMib: memoryOf(tcpdump)?.mostMib ?? NaN,
  };
}

function print(
  { sent, seconds: took, refused }: z.infer<typeof Sent>,
  before: Stock,
  after: Stock,
  { packets, drops, rows }: z.infer<typeof Counted>,
  received: { readonly packets: number; readonly dropped: number },
): void {
  const kernel = drops['kernel'] ?? 0;
  const share = (from: number, to: number): string => {
    const cpu = to - from;
    return `${((cpu / took) * 100).toFixed(0)} % of one core, ${((cpu / sent) * 1e6).toFixed(2)} us a packet`;
  };
  const lines = [
    [
      'sent',
      `${sent} packets in ${took.toFixed(1)} s, ${Math.round(sent / took)}/s (asked: ${perSecond}/s); ${refused} times told to wait`,
    ],
    ['arrived', `${received.packets} packets, ${received.dropped} dropped by the interface`],
    ['counted', `${packets - kernel} packets, ${kernel} dropped by the kernel for tcpdump, ${rows} flow reports`],
    ['sensor', `${share(before.sensorCpu, after.sensorCpu)}, RSS ${after.sensorMib.toFixed(0)} MiB`],
    ['tcpdump', `${share(before.tcpdumpCpu, after.tcpdumpCpu)}, RSS ${after.tcpdumpMib.toFixed(0)} MiB`],
  ];
  for (const [name, text] of lines) process.stdout.write(`${name.padEnd(8)} ${text}\n`);
}
