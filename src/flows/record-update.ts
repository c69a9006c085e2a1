import * as flowRecord from '#core/flow-record.ts';
import type { FlowMemory } from '#core/flow-record.ts';
import * as packetBatch from '#core/packet-batch.ts';
import { isRepeat, type SegmentHistory } from './segment-history.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const {
  FLOW_ACK,
  FLOW_ACTIVE_COUNT,
  FLOW_ACTIVE_M2_F64,
  FLOW_ACTIVE_MAX,
  FLOW_ACTIVE_MEAN_F64,
  FLOW_ACTIVE_MIN,
  FLOW_ACTIVE_START,
  FLOW_BACKWARD,
  FLOW_CWR,
  FLOW_ECE,
  FLOW_FIN,
  FLOW_FORWARD,
  FLOW_IAT_FIRST,
  FLOW_IAT_MAX,
  FLOW_IAT_MIN,
  FLOW_IAT_SQUARES_F64,
  FLOW_IDLE_COUNT,
  FLOW_IDLE_M2_F64,
  FLOW_IDLE_MAX,
  FLOW_IDLE_MEAN_F64,
  FLOW_IDLE_MIN,
  FLOW_LAST,
  FLOW_STATE,
  FLOW_STATE_FIN_BACKWARD,
  FLOW_STATE_FIN_FORWARD,
  FLOW_SUBFLOWS,
  FLOW_SYN,
  WAY_BULKS,
  WAY_BULK_BYTES_F64,
  WAY_BULK_COUNT,
  WAY_BULK_DURATION_F64,
  WAY_BULK_LAST,
  WAY_BULK_PACKETS,
  WAY_BULK_SIZE,
  WAY_BULK_START,
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
  FLOW_NO_TIME,
} = flowRecord;
const {
  PACKET_ACKNOWLEDGEMENT,
  PACKET_KIND,
  PACKET_PAYLOAD,
  PACKET_SEQUENCE,
  PACKET_WINDOW,
  PROTOCOL_TCP,
  TCP_ACK,
  TCP_CWR,
  TCP_ECE,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
} = packetBatch;

/** Gap between packets after which a new subflow begins, and after which a bulk ends. */
const SUBFLOW_GAP_US = 1_000_000;
/** Gap after which a flow was idle. */
const IDLE_GAP_US = 5_000_000;
/** Data packets in a row that make a bulk. */
const BULK_PACKETS = 4;

const RARE_FLAGS = TCP_FIN | TCP_SYN | TCP_RST | TCP_URG | TCP_ECE | TCP_CWR;

/**
 * Counts one packet (its record lies at word `at` of `words`) in the flow record at word `base`: `time` is relative to the
 * flow's start, `forward` its direction. The flow's first packet has the time 0 and finds WAY_PACKETS 0 in both ways.
 */
export function countPacket(
  memory: FlowMemory,
  history: SegmentHistory,
  base: number,
  time: number,
  forward: boolean,
  words: Int32Array,
  at: number,
): void {
  const { i32, f64 } = memory;
  const way = base + (forward ? FLOW_FORWARD : FLOW_BACKWARD);
  const other = base + (forward ? FLOW_BACKWARD : FLOW_FORWARD);
  const double = way >> 1;
  const packets = i32[way + WAY_PACKETS];
  const isFirst = packets + i32[other + WAY_PACKETS] === 0;
  const payload = words[at + PACKET_PAYLOAD];
  const kind = words[at + PACKET_KIND];
  const headerBytes = (kind >>> 16) & 0xff;

  if (isFirst) i32[way + WAY_SEGMENT_MIN] = headerBytes;
  else {
    countGap(i32, f64, base, time);
    if (headerBytes < i32[way + WAY_SEGMENT_MIN]) i32[way + WAY_SEGMENT_MIN] = headerBytes;
  }
  i32[base + FLOW_LAST] = time;

  if (packets === 0) {
    i32[way + WAY_FIRST] = time;
    i32[way + WAY_LENGTH_MAX] = payload;
    i32[way + WAY_LENGTH_MIN] = payload;
  } else {
    const gap = time - i32[way + WAY_LAST];
    if (packets === 1) {
      i32[way + WAY_IAT_FIRST] = gap;
      i32[way + WAY_IAT_MAX] = gap;
      i32[way + WAY_IAT_MIN] = gap;
    } else {
      const deviation = gap - i32[way + WAY_IAT_FIRST];
      f64[double + WAY_IAT_SQUARES_F64] += deviation * deviation;
      if (gap > i32[way + WAY_IAT_MAX]) i32[way + WAY_IAT_MAX] = gap;
      if (gap < i32[way + WAY_IAT_MIN]) i32[way + WAY_IAT_MIN] = gap;
    }
    if (payload > i32[way + WAY_LENGTH_MAX]) i32[way + WAY_LENGTH_MAX] = payload;
    if (payload < i32[way + WAY_LENGTH_MIN]) i32[way + WAY_LENGTH_MIN] = payload;
  }
  i32[way + WAY_LAST] = time;
  i32[way + WAY_PACKETS] = packets + 1;
  f64[double + WAY_HEADER_BYTES_F64] += headerBytes;

  if (i32[other + WAY_BULK_LAST] > i32[way + WAY_BULK_START]) i32[way + WAY_BULK_START] = FLOW_NO_TIME;
  if (payload > 0) {
    f64[double + WAY_BYTES_F64] += payload;
    f64[double + WAY_SQUARES_F64] += payload * payload;
    i32[way + WAY_DATA_PACKETS]++;
    countBulk(i32, f64, way, time, payload);
  }

  if ((kind & 0xff) !== PROTOCOL_TCP) return;
  const flags = (kind >>> 8) & 0xff;
  const window = words[at + PACKET_WINDOW] & 0xffff;
  if ((flags & TCP_ACK) !== 0) i32[base + FLOW_ACK]++;
  if ((flags & TCP_PSH) !== 0) i32[way + WAY_PSH]++;
  if ((flags & RARE_FLAGS) !== 0) countRareFlags(i32, base, way, forward, flags);
  // The client's window counts on the flow's first packet only, the server's is the first that is not 0.
  if (isFirst || (!forward && i32[way + WAY_WINDOW] === 0)) i32[way + WAY_WINDOW] = window;
  if (isRepeat(history, i32, way, words[at + PACKET_SEQUENCE], words[at + PACKET_ACKNOWLEDGEMENT], payload, window)) {
    i32[way + WAY_RETRANSMISSIONS]++;
  }
}

/** Inter-arrival time of the whole flow, subflows, and active and idle periods. */
function countGap(i32: Int32Array, f64: Float64Array, base: number, time: number): void {
  const last = i32[base + FLOW_LAST];
  const gap = time - last;
  const isFirstGap = i32[base + FLOW_FORWARD + WAY_PACKETS] + i32[base + FLOW_BACKWARD + WAY_PACKETS] === 1;
  if (isFirstGap) {
    i32[base + FLOW_IAT_FIRST] = gap;
    i32[base + FLOW_IAT_MAX] = gap;
    i32[base + FLOW_IAT_MIN] = gap;
  } else {
    const deviation = gap - i32[base + FLOW_IAT_FIRST];
    f64[(base >> 1) + FLOW_IAT_SQUARES_F64] += deviation * deviation;
    if (gap > i32[base + FLOW_IAT_MAX]) i32[base + FLOW_IAT_MAX] = gap;
    if (gap < i32[base + FLOW_IAT_MIN]) i32[base + FLOW_IAT_MIN] = gap;
  }
  if (gap <= SUBFLOW_GAP_US) return;
  i32[base + FLOW_SUBFLOWS]++;
  if (gap > IDLE_GAP_US) countIdle(i32, f64, base, last, time);
}

function countIdle(i32: Int32Array, f64: Float64Array, base: number, last: number, time: number): void {
  const active = last - i32[base + FLOW_ACTIVE_START];
  if (active > 0) {
    const count = ++i32[base + FLOW_ACTIVE_COUNT];
    addWelford(f64, (base >> 1) + FLOW_ACTIVE_MEAN_F64, (base >> 1) + FLOW_ACTIVE_M2_F64, count, active);
    widen(i32, base + FLOW_ACTIVE_MIN, base + FLOW_ACTIVE_MAX, count, active);
  }
  const idle = time - last;
  const count = ++i32[base + FLOW_IDLE_COUNT];
  addWelford(f64, (base >> 1) + FLOW_IDLE_MEAN_F64, (base >> 1) + FLOW_IDLE_M2_F64, count, idle);
  widen(i32, base + FLOW_IDLE_MIN, base + FLOW_IDLE_MAX, count, idle);
  i32[base + FLOW_ACTIVE_START] = time;
}

function addWelford(f64: Float64Array, mean: number, m2: number, count: number, value: number): void {
  const deviation = value - f64[mean];
  f64[mean] += deviation / count;
  f64[m2] += deviation * (value - f64[mean]);
}

function widen(i32: Int32Array, low: number, high: number, count: number, value: number): void {
  if (count === 1 || value < i32[low]) i32[low] = value;
  if (count === 1 || value > i32[high]) i32[high] = value;
}

function countBulk(i32: Int32Array, f64: Float64Array, way: number, time: number, payload: number): void {
  const last = i32[way + WAY_BULK_LAST];
  i32[way + WAY_BULK_LAST] = time;
  if (i32[way + WAY_BULK_START] === FLOW_NO_TIME || time - last > SUBFLOW_GAP_US) {
    i32[way + WAY_BULK_START] = time;
    i32[way + WAY_BULK_COUNT] = 1;
    i32[way + WAY_BULK_SIZE] = payload;
    return;
  }
  const count = ++i32[way + WAY_BULK_COUNT];
  if (count < BULK_PACKETS) {
    i32[way + WAY_BULK_SIZE] += payload;
    return;
  }
  const double = way >> 1;
  if (count === BULK_PACKETS) {
    i32[way + WAY_BULKS]++;
    i32[way + WAY_BULK_PACKETS] += BULK_PACKETS;
    f64[double + WAY_BULK_BYTES_F64] += i32[way + WAY_BULK_SIZE] + payload;
    f64[double + WAY_BULK_DURATION_F64] += time - i32[way + WAY_BULK_START];
  } else {
    i32[way + WAY_BULK_PACKETS]++;
    f64[double + WAY_BULK_BYTES_F64] += payload;
    f64[double + WAY_BULK_DURATION_F64] += time - last;
  }
}

function countRareFlags(i32: Int32Array, base: number, way: number, forward: boolean, flags: number): void {
  if ((flags & TCP_FIN) !== 0) {
    i32[base + FLOW_FIN]++;
    i32[base + FLOW_STATE] |= forward ? FLOW_STATE_FIN_FORWARD : FLOW_STATE_FIN_BACKWARD;
  }
  if ((flags & TCP_SYN) !== 0) i32[base + FLOW_SYN]++;
  if ((flags & TCP_RST) !== 0) i32[way + WAY_RST]++;
  if ((flags & TCP_URG) !== 0) i32[way + WAY_URG]++;
  if ((flags & TCP_ECE) !== 0) i32[base + FLOW_ECE]++;
  if ((flags & TCP_CWR) !== 0) i32[base + FLOW_CWR]++;
}
