/** `kubesecure flows`: a capture comes in, its flows go out as text. */
import { writeSync } from 'node:fs';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import { createCaptureCounters } from '#capture/drops.ts';
import { readCapture } from '#capture/read-capture.ts';
import { createFlowWriter, type FlowFormat } from '#features/cic/flow-writer.ts';
import { FlowsConfig } from '#flows/config.ts';
import { createFlowTable } from '#flows/flow-table.ts';
import type { ExpiryPolicy } from '#flows/table-state.ts';
import { sensorStats } from './packet-path.ts';

/** Sets of columns that flows can be written with. */
export const FLOW_COLUMN_SETS = ['cic'] as const;
export type FlowColumnSet = (typeof FLOW_COLUMN_SETS)[number];

/**
 * Reads a capture (a path, or `-` for standard input) and writes each flow report to the file descriptor `fd`, waiting
 * for a slow reader. A reader that closes the pipe ends the work without an error: then the result is null. Throws `bad-input` for a file that is
 * missing or no capture, `unavailable` when the output cannot be written.
 */
export function runFlowsCommand(options: {
  readonly path: string;
  readonly columns: FlowColumnSet;
  readonly expiry: ExpiryPolicy;
  readonly output: FlowFormat;
  readonly fd: number;
  readonly flows?: FlowsConfig;
}): SensorStats | null {
  let isClosed = false;
  const writer = createFlowWriter(options.output, (bytes) => {
    if (!isClosed) isClosed = !writeAll(options.fd, bytes);
  });
  const counters = createCaptureCounters();
  const table = createFlowTable(options.flows ?? FlowsConfig.parse({}), options.expiry, (memory, base) => {
    if (!isClosed) writer.write(memory, base);
  });
  readCapture({ path: options.path, counters, stopped: () => isClosed, onBatch: (packets) => table.add(packets) });
  table.finish();
  writer.flush();
  return isClosed ? null : sensorStats(options.path, counters, table);
}

/** False when nobody reads any more. */
function writeAll(fd: number, bytes: Uint8Array): boolean {
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : '';
      if (code === 'EPIPE') return false;
      if (code !== 'EAGAIN') {
        throw new KubeSecureError('unavailable', `while writing flows: ${reasonOf(cause)}`, { cause });
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
  return true;
}
