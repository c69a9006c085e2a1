/**
 * The packet thread: capture, flows and features of one source. Batches leave by transfer, at least every FLUSH_MS of
 * the clock; with too many on their way this thread waits, so that a file is read later and a live capture's surplus is
 * dropped, and counted, by the kernel.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { buffersOf, createFeatureBatch, type FeatureBatch } from '#core/feature-batch.ts';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import type { PacketBatch } from '#core/packet-batch.ts';
import { createCaptureCounters } from '#capture/drops.ts';
import { readCapture } from '#capture/read-capture.ts';
import { createReplay } from '#capture/replay.ts';
import { startTcpdump } from '#capture/tcpdump.ts';
import { createFlowTable } from '#flows/flow-table.ts';
import { BATCH_ROWS, createRowWriter } from './row-writer.ts';
import { sensorStats } from './sensor-stats.ts';
import { CREDITS, STOP, type SensorSource, type WorkerInput, type WorkerMessage } from './sensor-messages.ts';

const FLUSH_MS = 200;
const STATS_MS = 1000;
/**
 * Packets reach us this much after their time at most, so the clock may drive the sweeper so far behind: libpcap waits
 * up to a second for a block of the ring to fill.
 */
const CAPTURE_LAG_US = 1_200_000;
const IMMEDIATE_LAG_US = 200_000;

const { source, settings, control, done } = workerData as WorkerInput;
const counters = createCaptureCounters();
let batch = createFeatureBatch(BATCH_ROWS);
let flushedMs = Date.now();
let statsMs = Date.now();
let packetTimeUs = (): number => counters.packetTimeUs;

const rows = createRowWriter(settings.entities, () => batch, send);
const table = createFlowTable(settings.flows, 'live', rows.report);

try {
  run(source);
} catch (error) {
  fail(error);
}

function run(from: SensorSource): void {
  switch (from.type) {
    case 'file':
      runFile(from.path);
      break;
    case 'replay':
      runReplay(from);
      break;
    case 'interface':
      runInterface(from);
      break;
  }
}

function runFile(path: string): void {
  const { cut } = readCapture({ path, counters, config: settings.capture, stopped, onBatch: take });
  if (cut) warnOfCut(path);
  finish();
}

function runReplay(from: Extract<SensorSource, { type: 'replay' }>): void {
  const replay = createReplay({
    speed: from.speed,
    startedMs: from.startedMs,
    now: Date.now,
    sleep,
    stopped,
    onBatch: take,
    onTime(timeUs) {
      table.advance(timeUs);
      keepUp();
    },
  });
  packetTimeUs = () => replay.packetTimeUs();
  do {
    replay.startRound();
    const { cut } = readCapture({
      path: from.path,
      counters,
      config: settings.capture,
      stopped,
      onBatch: (packets) => replay.take(packets),
    });
    if (cut) warnOfCut(from.path);
    // A capture without one usable packet would be read over and over without a pause.
  } while (from.loop && !stopped() && replay.packetTimeUs() > 0);
  finish();
}

function runInterface(from: Extract<SensorSource, { type: 'interface' }>): void {
  const capture = startTcpdump({
    interface: from.name,
    config: { ...settings.capture, filter: from.filter ?? settings.capture.filter },
    counters,
    onBatch: take,
    onError(error) {
      clearInterval(timer);
      fail(error);
      parentPort?.close();
    },
    onRestart(reason, afterMs) {
      post({ type: 'warning', message: `${reason}; starting again in ${afterMs} ms` });
    },
  });
  const lagUs = settings.capture.immediate ? IMMEDIATE_LAG_US : CAPTURE_LAG_US;
  const timer = setInterval(() => {
    table.advance(Date.now() * 1000 - lagUs);
    keepUp();
  }, settings.flows.sweepMs / 2);
  parentPort?.once('message', () => {
    clearInterval(timer);
    void capture.stop().finally(() => parentPort?.close());
  });
}

function take(packets: PacketBatch): void {
  table.add(packets);
  keepUp();
}

/** What is due by the clock: rows that have waited, counters. */
function keepUp(): void {
  const now = Date.now();
  if (now - flushedMs >= FLUSH_MS && Atomics.load(control, CREDITS) > 0) rows.flush();
  if (now - statsMs < STATS_MS) return;
  statsMs = now;
  post({ type: 'stats', stats: stats() });
}

function finish(): void {
  if (stopped()) return;
  table.finish();
  rows.flush();
  post({ type: 'end', stats: stats() });
}

function send(full: FeatureBatch): void {
  while (!stopped() && Atomics.load(control, CREDITS) === 0) Atomics.wait(control, CREDITS, 0, FLUSH_MS);
  batch = emptyBatch();
  flushedMs = Date.now();
  if (stopped()) return;
  Atomics.sub(control, CREDITS, 1);
  parentPort?.postMessage({ type: 'batch', batch: full } satisfies WorkerMessage, buffersOf(full));
}

/** One that came back, or a new one. */
function emptyBatch(): FeatureBatch {
  const returned = receiveMessageOnPort(done);
  if (returned === undefined) return createFeatureBatch(BATCH_ROWS);
  const empty: FeatureBatch = returned.message;
  empty.count = 0;
  return empty;
}

function stats(): ReturnType<typeof sensorStats> {
  return { ...sensorStats(nameOf(source), counters, table, rows.entities), packetTimeUs: packetTimeUs() };
}

function nameOf(from: SensorSource): string {
  return from.type === 'interface' ? from.name : from.path;
}

function warnOfCut(path: string): void {
  post({ type: 'warning', message: `${path} ends inside a packet; what was whole has been read` });
}

function fail(error: unknown): void {
  const code = error instanceof KubeSecureError ? error.code : 'internal';
  post({ type: 'error', code, message: reasonOf(error) });
}

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function sleep(milliseconds: number): void {
  Atomics.wait(control, STOP, 0, milliseconds);
}

function stopped(): boolean {
  return Atomics.load(control, STOP) !== 0;
}
