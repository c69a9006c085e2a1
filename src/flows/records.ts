import * as flowRecord from '#core/flow-record.ts';
import * as featureBatch from '#core/feature-batch.ts';
import type { FlowEnding } from '#core/feature-batch.ts';
import * as packetBatch from '#core/packet-batch.ts';
import type { PacketBatch } from '#core/packet-batch.ts';
import { releaseAddress } from './address-ids.ts';
import { removeFlow } from './flow-index.ts';
import { countPacket } from './record-update.ts';
import type { TableState } from './table-state.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const {
  FLOW_BACKWARD,
  FLOW_EARLIER_F64,
  FLOW_FORWARD,
  FLOW_FREE,
  FLOW_HASH,
  FLOW_HIGH_ADDRESS,
  FLOW_ICMP,
  FLOW_KIND,
  FLOW_IPV6,
  FLOW_LAST,
  FLOW_LOW_ADDRESS,
  FLOW_NO_TIME,
  FLOW_REPORTED_PACKETS,
  FLOW_REPORTS,
  FLOW_START_F64,
  FLOW_STATE,
  FLOW_STATE_CLIENT_HIGH,
  FLOW_STATE_CLOSED,
  FLOW_STATE_CLOSING,
  FLOW_STATE_ID_HIGH,
  FLOW_WORDS,
  WAY_BULK_LAST,
  WAY_BULK_START,
  WAY_PACKETS,
  WAY_RETRANSMISSIONS,
} = flowRecord;
const { FLOW_ENDINGS } = featureBatch;
const { PACKET_KIND, PACKET_SEQUENCE, PROTOCOL_ICMP, PROTOCOL_ICMPV6 } = packetBatch;

export const SNAPSHOT = endingCode('snapshot');
export const CLOSED = endingCode('closed');
export const IDLE = endingCode('idle');
export const TIMEOUT = endingCode('timeout');
export const EVICTED = endingCode('evicted');
export const END_OF_CAPTURE = endingCode('end-of-capture');

function endingCode(ending: FlowEnding): number {
  return FLOW_ENDINGS.indexOf(ending);
}

/** How many records are looked at to find the least valuable. */
const EVICTION_SAMPLE = 8;
/** A flow with fewer packets than this is of less value than any with more. */
const FEW_PACKETS = 4;

/** Word of a free record, all 0: one that was free, or that of the least valuable flow of a few, which is reported. */
export function takeRecord(state: TableState): number {
  // Memory that was never used is 0 already.
  if (state.freeCount === 0 && state.highWater <= state.capacity) return state.highWater++ * FLOW_WORDS;
  if (state.freeCount === 0) evictRecord(state);
  const base = state.freeRecords[--state.freeCount] * FLOW_WORDS;
  state.memory.i32.fill(0, base, base + FLOW_WORDS);
  return base;
}

function evictRecord(state: TableState): void {
  const victim = leastValuable(state);
  state.evicted++;
  reportRecord(state, victim, EVICTED);
  dropRecord(state, victim);
}

function leastValuable(state: TableState): number {
  let victim = 0;
  let lowest = Infinity;
  for (let i = 0; i < EVICTION_SAMPLE; i++) {
    const base = state.evictionHand * FLOW_WORDS;
    state.evictionHand = state.evictionHand === state.capacity ? 1 : state.evictionHand + 1;
    const value = valueOf(state, base);
    if (value < lowest) {
      lowest = value;
      victim = base;
    }
  }
  return victim;
}

/** Later last packets are worth more; closed flows least of all, then those of few packets. */
function valueOf(state: TableState, base: number): number {
  const { i32, f64 } = state.memory;
  const age = state.nowUs - f64[(base >> 1) + FLOW_START_F64] - i32[base + FLOW_LAST];
  const isOver = (i32[base + FLOW_STATE] & (FLOW_STATE_CLOSED | FLOW_STATE_CLOSING)) !== 0;
  if (isOver) return -2e15 - age;
  return packetsOf(i32, base) < FEW_PACKETS ? -1e15 - age : -age;
}

export function packetsOf(i32: Int32Array, base: number): number {
  return i32[base + FLOW_FORWARD + WAY_PACKETS] + i32[base + FLOW_BACKWARD + WAY_PACKETS];
}

/** Frees a record and all that it holds. */
export function dropRecord(state: TableState, base: number): void {
  const { i32 } = state.memory;
  const record = base / FLOW_WORDS;
  removeFlow(state.index, i32[base + FLOW_HASH], record);
  if ((i32[base + FLOW_KIND] & FLOW_IPV6) !== 0) {
    releaseAddress(state.addresses, i32[base + FLOW_LOW_ADDRESS]);
    releaseAddress(state.addresses, i32[base + FLOW_HIGH_ADDRESS]);
  }
  i32[base + FLOW_KIND] = FLOW_FREE;
  if (state.isLive) state.recordDueUs[record] = Infinity;
  state.freeRecords[state.freeCount++] = record;
  state.open--;
}

/** Hands the flow on as it stands. */
export function reportRecord(state: TableState, base: number, ending: number): void {
  const { i32 } = state.memory;
  state.report(state.memory, base, ending, state.nowUs);
  i32[base + FLOW_REPORTS]++;
  i32[base + FLOW_REPORTED_PACKETS] = packetsOf(i32, base);
  state.reported++;
}

/** Begins a flow in a record whose key is set, with its first packet. */
export function startFlow(
  state: TableState,
  base: number,
  flowState: number,
  forward: boolean,
  packets: PacketBatch,
  at: number,
): void {
  state.memory.i32.fill(0, base + FLOW_STATE, base + FLOW_WORDS);
  begin(state, base, flowState, packets, at);
  countPacket(state.memory, state.segments, base, 0, forward, packets.i32, at);
}

/**
 * Begins the next part of the same connection in its record: direction and known segments are kept, and the time of the
 * earlier parts is carried on.
 */
export function continueFlow(
  state: TableState,
  base: number,
  forward: boolean,
  packets: PacketBatch,
  at: number,
): void {
  const { i32, f64 } = state.memory;
  const double = base >> 1;
  const earlier = f64[double + FLOW_EARLIER_F64] + (packets.f64[at >> 1] - f64[double + FLOW_START_F64]);
  const flowState = i32[base + FLOW_STATE] & (FLOW_STATE_CLIENT_HIGH | FLOW_STATE_ID_HIGH);
  i32.fill(0, base + FLOW_STATE, base + FLOW_FORWARD + WAY_RETRANSMISSIONS + 1);
  i32.fill(0, base + FLOW_BACKWARD, base + FLOW_BACKWARD + WAY_RETRANSMISSIONS + 1);
  begin(state, base, flowState, packets, at);
  f64[double + FLOW_EARLIER_F64] = earlier;
  countPacket(state.memory, state.segments, base, 0, forward, packets.i32, at);
}

function begin(state: TableState, base: number, flowState: number, packets: PacketBatch, at: number): void {
  const { i32, f64 } = state.memory;
  f64[(base >> 1) + FLOW_START_F64] = packets.f64[at >> 1];
  i32[base + FLOW_STATE] = flowState;
  i32[base + FLOW_ICMP] = icmpOf(packets.i32, at);
  i32[base + FLOW_FORWARD + WAY_BULK_START] = FLOW_NO_TIME;
  i32[base + FLOW_FORWARD + WAY_BULK_LAST] = FLOW_NO_TIME;
  i32[base + FLOW_BACKWARD + WAY_BULK_START] = FLOW_NO_TIME;
  i32[base + FLOW_BACKWARD + WAY_BULK_LAST] = FLOW_NO_TIME;
}

/** ICMP type << 8 | code of a packet; -1 for other protocols. */
export function icmpOf(words: Int32Array, at: number): number {
  return isIcmp(words[at + PACKET_KIND] & 0xff) ? words[at + PACKET_SEQUENCE] : -1;
}

export function isIcmp(protocol: number): boolean {
  return protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6;
}
