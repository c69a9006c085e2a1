/**
 * The packet path in one thread: a capture file comes in, feature batches go out. The batch belongs to the path and is
 * reused; whoever gets one reads it during the call.
 */
import { z } from 'zod';
import { createFeatureBatch, type FeatureBatch } from '#core/feature-batch.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import { CaptureConfig } from '#capture/config.ts';
import { createCaptureCounters } from '#capture/drops.ts';
import { readCapture } from '#capture/read-capture.ts';
import { FlowsConfig } from '#flows/config.ts';
import { createFlowTable } from '#flows/flow-table.ts';
import type { ExpiryPolicy } from '#flows/table-state.ts';
import { EntityCountersConfig } from '#features/context/config.ts';
import { BATCH_ROWS, createRowWriter } from './row-writer.ts';
import { sensorStats } from './sensor-stats.ts';

/** Settings of the whole packet path. */
export const PacketPathSettings = z.strictObject({
  capture: CaptureConfig.prefault({}),
  flows: FlowsConfig.prefault({}),
  entities: EntityCountersConfig.prefault({}),
});
export type PacketPathSettings = z.infer<typeof PacketPathSettings>;

/**
 * Reads a capture (a path, or `-` for standard input) as fast as it goes. `onBatch` gets each batch when it is full, and
 * the last one at the end. Throws `bad-input` for a file that is missing or no capture; a capture cut in the middle of a
 * packet counts a `cut-file` drop.
 */
export function runPacketFile(options: {
  readonly path: string;
  readonly expiry: ExpiryPolicy;
  readonly onBatch: (batch: FeatureBatch) => void;
  readonly settings?: PacketPathSettings;
}): SensorStats {
  const settings = options.settings ?? PacketPathSettings.parse({});
  const counters = createCaptureCounters();
  const batch = createFeatureBatch(BATCH_ROWS);
  const rows = createRowWriter(
    settings.entities,
    () => batch,
    (full) => {
      options.onBatch(full);
      full.count = 0;
    },
  );
  const table = createFlowTable(settings.flows, options.expiry, rows.report);
  readCapture({ path: options.path, counters, config: settings.capture, onBatch: (packets) => table.add(packets) });
  table.finish();
  rows.flush();
  return sensorStats(options.path, counters, table, rows.entities);
}
