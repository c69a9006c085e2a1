/**
 * What `kubesecure flows FILE` does, and for each flow also what the detector needs: a row of features and the counters
 * of its client and server. The row computes the CIC vector a second time, which a sensor, writing no text, does once.
 */
import { writeSync } from 'node:fs';
import { createFeatureBatch } from '#core/feature-batch.ts';
import { createCaptureCounters } from '#capture/drops.ts';
import { readCapture } from '#capture/read-capture.ts';
import { createFlowWriter } from '#features/cic/flow-writer.ts';
import { FLOWS_DEFAULTS } from '#flows/defaults.ts';
import { createFlowTable } from '#flows/flow-table.ts';
import { BATCH_ROWS, createRowWriter } from '#roles/row-writer.ts';

const STANDARD_OUTPUT = 1;
/** As a sensor has where nobody has set it. */
const MOST_ENTITIES = 16_384;

const [path = ''] = process.argv.slice(2);
const batch = createFeatureBatch(BATCH_ROWS);
const rows = createRowWriter(
  { maxEntities: MOST_ENTITIES, seed: null },
  () => batch,
  (full) => (full.count = 0),
);
const text = createFlowWriter({ columns: 'cic', format: 'csv', send: writeAll });
const table = createFlowTable(FLOWS_DEFAULTS, 'cic', (memory, base, ending, reportedUs) => {
  text.write(memory, base, ending);
  rows.report(memory, base, ending, reportedUs);
});
readCapture({ path, counters: createCaptureCounters(), onBatch: (packets) => table.add(packets) });
table.finish();
text.flush();

/** Not `process.stdout`: whoever looks at it makes a pipe non-blocking. */
function writeAll(bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(STANDARD_OUTPUT, bytes, written);
}
