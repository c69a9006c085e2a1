import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { SensorStats } from '#core/sensor-stats.ts';
import { PacketPathSettings } from '#roles/packet-path.ts';
import { startSensor, type SensorOptions } from '#roles/sensor.ts';
import { tcp } from './frames.ts';
import { captureOf } from './run-capture.ts';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const settings = PacketPathSettings.parse({ flows: { capacity: 1024, seeds: 1024 } });

function fileOf(bytes: Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'kubesecure-')), 'capture.pcap');
  writeFileSync(path, bytes);
  return path;
}

const flood = captureOf(
  Array.from(
    { length: 6000 },
    (_, i) => [i * 100, tcp({ from: `10.1.${i >> 8}.${i & 255}/7`, to: '10.0.0.1/80', flags: 'S' })] as const,
  ),
);

/** Runs a sensor to its end; `onBatch` may take its time. */
function runToEnd(source: SensorOptions['source'], onBatch: SensorOptions['onBatch'] = () => {}) {
  return new Promise<{ stats: SensorStats; rows: number; warnings: string[] }>((resolve, reject) => {
    let rows = 0;
    const warnings: string[] = [];
    startSensor({
      source,
      settings,
      async onBatch(batch) {
        rows += batch.count;
        await onBatch(batch);
      },
      onStats() {},
      onWarning: (message) => warnings.push(message),
      onEnd: (stats) => resolve({ stats, rows, warnings }),
      onError: reject,
    });
  });
}

test('a file comes through whole, however slow the receiver', async () => {
  let atOnce = 0;
  const { stats, rows } = await runToEnd({ type: 'file', path: fileOf(flood) }, async () => {
    expect(++atOnce).toBe(1);
    await sleep(5);
    atOnce--;
  });
  expect(stats).toMatchObject({ packets: 6000, flowsReported: rows, flowsOpen: 0 });
});

test('a replay begins now', async () => {
  const before = Date.now() * 1000;
  const starts: number[] = [];
  const { stats } = await runToEnd(
    { type: 'replay', path: fileOf(flood), speed: 'max', loop: false, startedMs: Date.now() },
    (batch) => {
      starts.push(batch.startUs[0]);
    },
  );
  expect(Math.min(...starts)).toBeGreaterThanOrEqual(before);
  expect(stats.packetTimeUs).toBeGreaterThanOrEqual(before + 599_900);
});

test('a capture cut inside a packet is warned of', async () => {
  const { stats, warnings } = await runToEnd({ type: 'file', path: fileOf(flood.subarray(0, -5)) });
  expect(stats.drops).toEqual({ 'cut-file': 1 });
  expect(warnings).toEqual([expect.stringMatching(/ends inside a packet/)]);
});

test('an error keeps its code and message', async () => {
  await expect(runToEnd({ type: 'file', path: fileOf(Buffer.from('no capture')) })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/not a pcap or pcapng capture/) as string,
  });
});

test('what the receiver throws stops the sensor and is told', async () => {
  const failing = runToEnd({ type: 'file', path: fileOf(flood) }, () => {
    throw new Error('the model broke');
  });
  await expect(failing).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringMatching(/model broke/) as string,
  });
});

test('a stop ends a replay that would go on for ever, and nothing is called after it', async () => {
  let calls = 0;
  const enough = Promise.withResolvers<void>();
  const count = (): void => {
    if (++calls === 3) enough.resolve();
  };
  const sensor = startSensor({
    source: { type: 'replay', path: fileOf(flood), speed: 'max', loop: true, startedMs: Date.now() },
    settings,
    onBatch: count,
    onStats: count,
    onEnd: count,
    onError: count,
  });
  await enough.promise;
  await sensor.stop();
  const after = calls;
  await sleep(50);
  expect(calls).toBe(after);
});
