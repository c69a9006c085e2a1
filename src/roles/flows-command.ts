/** `kubesecure flows`: a capture comes in, its flows go out as text. */
import { writeSync } from 'node:fs';
import { KubeSecureError, reasonOf, systemCodeOf } from '#core/error.ts';
import { pauseThread } from '#core/pause-thread.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import { createCaptureCounters } from '#capture/drops.ts';
import { readCapture } from '#capture/read-capture.ts';
import type { TunnelSettings } from '#capture/tunnels.ts';
import type { FlowColumnSet } from '#features/cic/column-sets.ts';
import { createFlowWriter } from '#features/cic/flow-writer.ts';
import type { FlowFormat } from '#features/cic/line-layout.ts';
import { FLOWS_DEFAULTS } from '#flows/defaults.ts';
import { createFlowTable } from '#flows/flow-table.ts';
import type { ExpiryPolicy } from '#flows/table-state.ts';
import { sensorStats } from './sensor-stats.ts';

/**
 * Reads a capture (a path, or `-` for standard input) and writes each flow report to the file descriptor `fd`, waiting
 * for a slow reader. A reader that closes the pipe ends the work without an error: then the result is null. Throws
 * `bad-input` for a file that is missing, no capture or damaged, in which case the flows before the damage have been
 * written; `unavailable` when the output cannot be written.
 */
export async function runFlowsCommand(options: {
  readonly path: string;
  readonly columns: FlowColumnSet;
  readonly expiry: ExpiryPolicy;
  readonly output: FlowFormat;
  /** Whose flows are written where packets travel in a tunnel; `outer` where it is not said. */
  readonly tunnels?: TunnelSettings['tunnels'];
  /** Flows of two or more packets held at once, and as many of one packet; FLOWS_DEFAULTS where it is not said. */
  readonly capacity?: number;
  readonly fd: number;
}): Promise<SensorStats | null> {
  const output = createOutput(options.fd);
  const writer = createFlowWriter({ columns: options.columns, format: options.output, send: output.write });
  const counters = createCaptureCounters();
  const { capacity } = options;
  const settings = capacity === undefined ? FLOWS_DEFAULTS : { ...FLOWS_DEFAULTS, capacity, seeds: capacity };
  const table = createFlowTable(settings, options.expiry, (memory, base, ending) => {
    if (output.isOpen()) writer.write(memory, base, ending);
  });
  const finish = () => {
    if (!output.isOpen()) return;
    table.finish();
    writer.flush();
  };
  const config = options.tunnels === 'inner' ? await innerTunnels() : undefined;
  try {
    readCapture({
      path: options.path,
      counters,
      config,
      stopped: () => !output.isOpen(),
      onBatch: (packets) => table.add(packets),
    });
  } catch (error) {
    if (counters.packets > 0) finish();
    throw error;
  }
  finish();
  return output.isOpen() ? sensorStats(options.path, counters, table, null) : null;
}

/** The default settings for looking into tunnels. Their schema takes long to load, and is seldom needed. */
async function innerTunnels(): Promise<TunnelSettings> {
  const { CaptureConfig } = await import('#capture/config.ts');
  return CaptureConfig.parse({ tunnels: 'inner' });
}

interface Output {
  /** Waits for a slow reader. Throws `unavailable`. */
  readonly write: (bytes: Uint8Array) => void;
  /** False when nobody reads any more, or writing has failed. */
  readonly isOpen: () => boolean;
}

function createOutput(fd: number): Output {
  let isOpen = true;
  return {
    isOpen: () => isOpen,
    write(bytes) {
      let pauseMs = SHORTEST_PAUSE_MS;
      for (let written = 0; isOpen && written < bytes.length;) {
        try {
          written += writeSync(fd, bytes, written);
          pauseMs = SHORTEST_PAUSE_MS;
        } catch (cause) {
          const code = systemCodeOf(cause);
          if (code === 'EAGAIN') {
            pauseThread(pauseMs);
            pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
            continue;
          }
          isOpen = false;
          if (code !== 'EPIPE') {
            throw new KubeSecureError('unavailable', `while writing flows: ${reasonOf(cause)}`, { cause });
          }
        }
      }
    },
  };
}

/** Where another process has made the pipe non-blocking, the reader is given time, the longer the slower it is. */
const SHORTEST_PAUSE_MS = 0.1;
const LONGEST_PAUSE_MS = 5;
