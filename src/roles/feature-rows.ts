import * as featureBatch from '#core/feature-batch.ts';
import type { FeatureBatch } from '#core/feature-batch.ts';
import * as flowRecord from '#core/flow-record.ts';
import { writeFlowAddress, type FlowMemory } from '#core/flow-record.ts';
import { writeCicVector } from '#features/cic/vector.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const { CIC_WIDTH } = featureBatch;
const { FLOW_KIND, FLOW_LAST, FLOW_PORTS, FLOW_REPORTS, FLOW_START_F64, FLOW_STATE, FLOW_STATE_CLIENT_HIGH } =
  flowRecord;

/** Writes one report of a flow into the next row of the batch, all but its context, and counts the row. */
export function appendFeatureRow(
  batch: FeatureBatch,
  memory: FlowMemory,
  base: number,
  ending: number,
  reportedUs: number,
): void {
  const row = batch.count++;
  const { i32, f64 } = memory;
  const startUs = f64[(base >> 1) + FLOW_START_F64];
  const clientHigh = (i32[base + FLOW_STATE] & FLOW_STATE_CLIENT_HIGH) !== 0;
  const lowPort = i32[base + FLOW_PORTS] >>> 16;
  const highPort = i32[base + FLOW_PORTS] & 0xffff;
  batch.startUs[row] = startUs;
  batch.lastUs[row] = startUs + i32[base + FLOW_LAST];
  batch.reportedUs[row] = reportedUs;
  writeFlowAddress(memory, base, clientHigh, batch.clientAddress, row * 16);
  writeFlowAddress(memory, base, !clientHigh, batch.serverAddress, row * 16);
  batch.clientPort[row] = clientHigh ? highPort : lowPort;
  batch.serverPort[row] = clientHigh ? lowPort : highPort;
  batch.protocol[row] = i32[base + FLOW_KIND] & 0xff;
  batch.ending[row] = ending;
  batch.report[row] = i32[base + FLOW_REPORTS];
  writeCicVector(memory, base, batch.cic, row * CIC_WIDTH);
}
