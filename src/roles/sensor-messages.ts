import type { MessagePort } from 'node:worker_threads';
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { ErrorCode } from '#core/error.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import type { PacketPathSettings } from './packet-path.ts';

/** Where packets come from. A replay's `speed` is a factor of natural time; its first packet is dated `startedMs`. */
export type SensorSource =
  | { readonly type: 'file'; readonly path: string }
  | {
      readonly type: 'replay';
      readonly path: string;
      readonly speed: number | 'max';
      readonly loop: boolean;
      readonly startedMs: number;
    }
  | { readonly type: 'interface'; readonly name: string; readonly filter?: string };

/** What the packet thread is started with. */
export interface WorkerInput {
  readonly source: SensorSource;
  readonly settings: PacketPathSettings;
  /** CREDITS and STOP. */
  readonly control: Int32Array;
  /** Where batches come back when they are done, to be filled again. */
  readonly done: MessagePort;
}

/** What the packet thread says. */
export type WorkerMessage =
  | { readonly type: 'batch'; readonly batch: FeatureBatch }
  | { readonly type: 'stats'; readonly stats: SensorStats }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'end'; readonly stats: SensorStats }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly message: string };

/** Places in the memory that both threads share. */
export const CREDITS = 0;
export const STOP = 1;

/** Batches that may be on their way or in work; the packet thread waits for one to be done. */
export const BATCHES_IN_FLIGHT = 8;
