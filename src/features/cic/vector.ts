import * as featureBatch from '#core/feature-batch.ts';
import * as flowRecord from '#core/flow-record.ts';
import type { FlowMemory } from '#core/flow-record.ts';
import * as packetBatch from '#core/packet-batch.ts';
import { shiftedVariance, varianceOfIntegers } from './variance.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const { CIC_WIDTH } = featureBatch;
const {
  FLOW_ACK,
  FLOW_ACTIVE_COUNT,
  FLOW_ACTIVE_M2_F64,
  FLOW_ACTIVE_MAX,
  FLOW_ACTIVE_MEAN_F64,
  FLOW_ACTIVE_MIN,
  FLOW_BACKWARD,
  FLOW_CWR,
  FLOW_EARLIER_F64,
  FLOW_ECE,
  FLOW_FIN,
  FLOW_FORWARD,
  FLOW_IAT_FIRST,
  FLOW_IAT_MAX,
  FLOW_IAT_MIN,
  FLOW_IAT_SQUARES_F64,
  FLOW_ICMP,
  FLOW_IDLE_COUNT,
  FLOW_IDLE_M2_F64,
  FLOW_IDLE_MAX,
  FLOW_IDLE_MEAN_F64,
  FLOW_IDLE_MIN,
  FLOW_KIND,
  FLOW_LAST,
  FLOW_SUBFLOWS,
  FLOW_SYN,
  WAY_BULKS,
  WAY_BULK_BYTES_F64,
  WAY_BULK_DURATION_F64,
  WAY_BULK_PACKETS,
  WAY_BYTES_F64,
  WAY_DATA_PACKETS,
  WAY_FIRST,
  WAY_HEADER_BYTES_F64,
  WAY_IAT_FIRST,
  WAY_IAT_MAX,
  WAY_IAT_MIN,
  WAY_IAT_SQUARES_F64,
  WAY_LAST,
  WAY_LENGTH_MAX,
  WAY_LENGTH_MIN,
  WAY_PACKETS,
  WAY_PSH,
  WAY_RETRANSMISSIONS,
  WAY_RST,
  WAY_SEGMENT_MIN,
  WAY_SQUARES_F64,
  WAY_URG,
  WAY_WINDOW,
} = flowRecord;
const { PROTOCOL_TCP, PROTOCOL_UDP } = packetBatch;

/**
 * CIC features: a flow record comes in, the CIC_WIDTH values of CIC_VALUE_COLUMNS go out, in that order, at `at` of
 * `out`, which the caller owns. All are finite. Standard deviations are those of a sample; 0 for fewer than two values.
 */
export function writeCicVector(memory: FlowMemory, base: number, out: Float64Array, at: number): void {
  const { i32, f64 } = memory;
  const forward = base + FLOW_FORWARD;
  const backward = base + FLOW_BACKWARD;
  const durationUs = i32[base + FLOW_LAST];
  const forwardPackets = i32[forward + WAY_PACKETS];
  const backwardPackets = i32[backward + WAY_PACKETS];
  const packets = forwardPackets + backwardPackets;
  const forwardBytes = f64[(forward >> 1) + WAY_BYTES_F64];
  const backwardBytes = f64[(backward >> 1) + WAY_BYTES_F64];
  const bytes = forwardBytes + backwardBytes;
  const seconds = durationUs / 1e6;
  const forwardMean = forwardPackets > 0 ? forwardBytes / forwardPackets : 0;
  const backwardMean = backwardPackets > 0 ? backwardBytes / backwardPackets : 0;
  const mean = bytes / packets;

  // Groups that are all 0 in most flows are left as they are. A loop, since `fill` is a call out of compiled code.
  for (let i = at; i < at + CIC_WIDTH; i++) out[i] = 0;
  let o = at;
  out[o++] = durationUs;
  out[o++] = forwardPackets;
  out[o++] = backwardPackets;
  out[o++] = forwardBytes;
  out[o++] = backwardBytes;
  o = writeLengths(i32, f64, forward, out, o);
  o = writeLengths(i32, f64, backward, out, o);
  out[o++] = durationUs === 0 ? -1 : bytes / seconds;
  out[o++] = durationUs === 0 ? -1 : packets / seconds;
  if (packets > 1) {
    writeFlowGaps(i32, f64, base, packets, out, o);
    writeWayGaps(i32, f64, forward, out, o + 4);
    writeWayGaps(i32, f64, backward, out, o + 9);
  }
  o += 14;
  out[o++] = i32[forward + WAY_PSH];
  out[o++] = i32[backward + WAY_PSH];
  out[o++] = i32[forward + WAY_URG];
  out[o++] = i32[backward + WAY_URG];
  out[o++] = i32[forward + WAY_RST];
  out[o++] = i32[backward + WAY_RST];
  out[o++] = f64[(forward >> 1) + WAY_HEADER_BYTES_F64];
  out[o++] = f64[(backward >> 1) + WAY_HEADER_BYTES_F64];
  out[o++] = durationUs > 0 ? forwardPackets / seconds : 0;
  out[o++] = durationUs > 0 ? backwardPackets / seconds : 0;
  o = writeAllLengths(i32, f64, base, packets, out, o);
  out[o++] = i32[base + FLOW_FIN];
  out[o++] = i32[base + FLOW_SYN];
  out[o++] = i32[forward + WAY_RST] + i32[backward + WAY_RST];
  out[o++] = i32[forward + WAY_PSH] + i32[backward + WAY_PSH];
  out[o++] = i32[base + FLOW_ACK];
  out[o++] = i32[forward + WAY_URG] + i32[backward + WAY_URG];
  out[o++] = i32[base + FLOW_CWR];
  out[o++] = i32[base + FLOW_ECE];
  out[o++] = forwardPackets > 0 ? backwardPackets / forwardPackets : 0;
  out[o++] = mean;
  out[o++] = forwardMean;
  out[o++] = backwardMean;
  o = writeBulk(i32, f64, forward, out, o);
  o = writeBulk(i32, f64, backward, out, o);
  const subflows = i32[base + FLOW_SUBFLOWS];
  if (subflows > 0) {
    out[o] = forwardPackets / subflows;
    out[o + 1] = forwardBytes / subflows;
    out[o + 2] = backwardPackets / subflows;
    out[o + 3] = backwardBytes / subflows;
  }
  o += 4;
  out[o++] = i32[forward + WAY_WINDOW];
  out[o++] = i32[backward + WAY_WINDOW];
  out[o++] = i32[forward + WAY_DATA_PACKETS];
  out[o++] = i32[backward + WAY_DATA_PACKETS];
  out[o++] = i32[forward + WAY_SEGMENT_MIN];
  out[o++] = i32[backward + WAY_SEGMENT_MIN];
  if (i32[base + FLOW_IDLE_COUNT] > 0) {
    writePeriods(memory, base, FLOW_ACTIVE_COUNT, FLOW_ACTIVE_MEAN_F64, FLOW_ACTIVE_M2_F64, out, o);
    out[o + 2] = i32[base + FLOW_ACTIVE_MAX];
    out[o + 3] = i32[base + FLOW_ACTIVE_MIN];
    writePeriods(memory, base, FLOW_IDLE_COUNT, FLOW_IDLE_MEAN_F64, FLOW_IDLE_M2_F64, out, o + 4);
    out[o + 6] = i32[base + FLOW_IDLE_MAX];
    out[o + 7] = i32[base + FLOW_IDLE_MIN];
  }
  writeTail(memory, base, durationUs, out, o + 8);
}

// No double is handed from function to function: where the callee is not inlined, it would become an object.

function writeLengths(i32: Int32Array, f64: Float64Array, way: number, out: Float64Array, at: number): number {
  const packets = i32[way + WAY_PACKETS];
  const bytes = f64[(way >> 1) + WAY_BYTES_F64];
  const variance = varianceOfIntegers(packets, bytes, f64[(way >> 1) + WAY_SQUARES_F64]);
  out[at] = i32[way + WAY_LENGTH_MAX];
  out[at + 1] = i32[way + WAY_LENGTH_MIN];
  out[at + 2] = packets > 0 ? bytes / packets : 0;
  out[at + 3] = Math.sqrt(variance);
  return at + 4;
}

function writeFlowGaps(
  i32: Int32Array,
  f64: Float64Array,
  base: number,
  packets: number,
  out: Float64Array,
  at: number,
): void {
  const gaps = packets - 1;
  const total = i32[base + FLOW_LAST];
  const squares = f64[(base >> 1) + FLOW_IAT_SQUARES_F64];
  out[at] = total / gaps;
  out[at + 1] = Math.sqrt(shiftedVariance(gaps, total, i32[base + FLOW_IAT_FIRST], squares));
  out[at + 2] = i32[base + FLOW_IAT_MAX];
  out[at + 3] = i32[base + FLOW_IAT_MIN];
}

function writeWayGaps(i32: Int32Array, f64: Float64Array, way: number, out: Float64Array, at: number): void {
  const gaps = i32[way + WAY_PACKETS] - 1;
  if (gaps < 1) return;
  const total = i32[way + WAY_LAST] - i32[way + WAY_FIRST];
  const squares = f64[(way >> 1) + WAY_IAT_SQUARES_F64];
  out[at] = total;
  out[at + 1] = total / gaps;
  out[at + 2] = Math.sqrt(shiftedVariance(gaps, total, i32[way + WAY_IAT_FIRST], squares));
  out[at + 3] = i32[way + WAY_IAT_MAX];
  out[at + 4] = i32[way + WAY_IAT_MIN];
}

/** Minimum, maximum, mean, standard deviation and variance of the lengths of both directions. */
function writeAllLengths(
  i32: Int32Array,
  f64: Float64Array,
  base: number,
  packets: number,
  out: Float64Array,
  at: number,
): number {
  const forward = base + FLOW_FORWARD;
  const backward = base + FLOW_BACKWARD;
  const bytes = f64[(forward >> 1) + WAY_BYTES_F64] + f64[(backward >> 1) + WAY_BYTES_F64];
  const squares = f64[(forward >> 1) + WAY_SQUARES_F64] + f64[(backward >> 1) + WAY_SQUARES_F64];
  const variance = varianceOfIntegers(packets, bytes, squares);
  const lowForward = i32[forward + WAY_LENGTH_MIN];
  const lowBackward = i32[backward + WAY_LENGTH_MIN];
  let low = Math.min(lowForward, lowBackward);
  if (i32[forward + WAY_PACKETS] === 0) low = lowBackward;
  if (i32[backward + WAY_PACKETS] === 0) low = lowForward;
  out[at] = low;
  out[at + 1] = Math.max(i32[forward + WAY_LENGTH_MAX], i32[backward + WAY_LENGTH_MAX]);
  out[at + 2] = bytes / packets;
  out[at + 3] = Math.sqrt(variance);
  out[at + 4] = variance;
  return at + 5;
}

function writeBulk(i32: Int32Array, f64: Float64Array, way: number, out: Float64Array, at: number): number {
  const bulks = i32[way + WAY_BULKS];
  if (bulks === 0) return at + 3;
  const bytes = f64[(way >> 1) + WAY_BULK_BYTES_F64];
  const durationUs = f64[(way >> 1) + WAY_BULK_DURATION_F64];
  out[at] = bytes / bulks;
  out[at + 1] = i32[way + WAY_BULK_PACKETS] / bulks;
  out[at + 2] = durationUs !== 0 ? bytes / (durationUs / 1e6) : 0;
  return at + 3;
}

/** Mean and standard deviation of active or idle periods. */
function writePeriods(
  memory: FlowMemory,
  base: number,
  count: number,
  mean: number,
  m2: number,
  out: Float64Array,
  at: number,
): void {
  const periods = memory.i32[base + count];
  out[at] = memory.f64[(base >> 1) + mean];
  out[at + 1] = periods > 1 ? Math.sqrt(memory.f64[(base >> 1) + m2] / (periods - 1)) : 0;
}

function writeTail(memory: FlowMemory, base: number, durationUs: number, out: Float64Array, at: number): void {
  const { i32, f64 } = memory;
  const icmp = i32[base + FLOW_ICMP];
  const forwardRepeats = i32[base + FLOW_FORWARD + WAY_RETRANSMISSIONS];
  const backwardRepeats = i32[base + FLOW_BACKWARD + WAY_RETRANSMISSIONS];
  const protocol = i32[base + FLOW_KIND] & 0xff;
  const isConnection = protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP;
  out[at] = icmp < 0 ? -1 : icmp & 0xff;
  out[at + 1] = icmp < 0 ? -1 : icmp >>> 8;
  out[at + 2] = forwardRepeats;
  out[at + 3] = backwardRepeats;
  out[at + 4] = forwardRepeats + backwardRepeats;
  out[at + 5] = isConnection ? f64[(base >> 1) + FLOW_EARLIER_F64] + durationUs : 0;
}
