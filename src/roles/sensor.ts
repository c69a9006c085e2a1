/**
 * The packet path in a thread of its own: packets of a source come in, feature batches go out. A batch belongs to its
 * receiver until the receiver's promise has resolved; then it goes back to be filled again.
 */
import { MessageChannel, Worker } from 'node:worker_threads';
import { buffersOf, type FeatureBatch } from '#core/feature-batch.ts';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import type { PacketPathSettings } from './packet-path.ts';
import {
  BATCHES_IN_FLIGHT,
  CREDITS,
  STOP,
  type SensorSource,
  type WorkerInput,
  type WorkerMessage,
} from './sensor-messages.ts';

export interface SensorOptions {
  readonly source: SensorSource;
  readonly settings: PacketPathSettings;
  /** Batches come one after another: the next one waits until this one's promise has resolved. */
  readonly onBatch: (batch: FeatureBatch) => void | Promise<void>;
  /** Once a second. */
  readonly onStats: (stats: SensorStats) => void;
  /** Something that a person should know and that does not stop the sensor. */
  readonly onWarning?: (message: string) => void;
  /** The source has ended and all its batches are done. */
  readonly onEnd: (stats: SensorStats) => void;
  /** The sensor cannot go on; called once, and nothing after it. */
  readonly onError: (error: KubeSecureError) => void;
}

export interface Sensor {
  /** Ends the thread and its children; nothing is called any more. */
  stop(): Promise<void>;
}

/** A live capture's child needs a moment to end. */
const STOP_PATIENCE_MS = 3000;

export function startSensor(options: SensorOptions): Sensor {
  const control = new Int32Array(new SharedArrayBuffer(8));
  control[CREDITS] = BATCHES_IN_FLIGHT;
  const { port1: done, port2 } = new MessageChannel();
  done.unref();
  const workerData: WorkerInput = { source: options.source, settings: options.settings, control, done: port2 };
  const worker = new Worker(new URL('./packet-worker.ts', import.meta.url), { workerData, transferList: [port2] });
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let isOver = false;
  let work = Promise.resolve();

  function queue(step: () => void | Promise<void>): void {
    work = work
      .then(async () => {
        if (!isOver) await step();
      })
      .catch(fail);
  }

  function fail(error: unknown): void {
    if (isOver) return;
    end();
    options.onError(
      error instanceof KubeSecureError
        ? error
        : new KubeSecureError('internal', `while watching packets: ${reasonOf(error)}`, { cause: error }),
    );
  }

  function end(): void {
    isOver = true;
    Atomics.store(control, STOP, 1);
    Atomics.notify(control, STOP);
    Atomics.notify(control, CREDITS);
    worker.postMessage('stop');
  }

  function takeMessage(message: WorkerMessage): void {
    switch (message.type) {
      case 'batch':
        queue(async () => {
          await options.onBatch(message.batch);
          done.postMessage(message.batch, buffersOf(message.batch));
          Atomics.add(control, CREDITS, 1);
          Atomics.notify(control, CREDITS);
        });
        break;
      case 'stats':
        if (!isOver) options.onStats(message.stats);
        break;
      case 'warning':
        if (!isOver) options.onWarning?.(message.message);
        break;
      case 'end':
        queue(() => {
          isOver = true;
          options.onEnd(message.stats);
        });
        break;
      case 'error':
        queue(() => fail(new KubeSecureError(message.code, message.message)));
        break;
    }
  }

  worker.on('message', takeMessage);
  worker.on('error', fail);
  worker.on('exit', () => queue(() => fail(new Error('the packet thread has ended'))));

  return {
    async stop() {
      if (!isOver) end();
      const patience = setTimeout(() => void worker.terminate(), STOP_PATIENCE_MS);
      await exited;
      clearTimeout(patience);
    },
  };
}
