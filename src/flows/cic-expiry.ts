import * as flowRecord from '#core/flow-record.ts';
import * as packetBatch from '#core/packet-batch.ts';
import type { PacketBatch } from '#core/packet-batch.ts';
import { CLOSED, TIMEOUT, continueFlow, icmpOf, reportRecord, startFlow } from './records.ts';
import { countPacket } from './record-update.ts';
import type { TableState } from './table-state.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const {
  FLOW_HIGH_ADDRESS,
  FLOW_ICMP,
  FLOW_KIND,
  FLOW_LAST,
  FLOW_LOW_ADDRESS,
  FLOW_START_F64,
  FLOW_STATE,
  FLOW_STATE_CLIENT_HIGH,
  FLOW_STATE_CLOSING,
  FLOW_STATE_FIN_BACKWARD,
  FLOW_STATE_FIN_FORWARD,
  FLOW_STATE_ID_HIGH,
} = flowRecord;
const { PACKET_KIND, PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } = packetBatch;

/** A flow is cut so long after its first packet, and a UDP dialogue ends after a silence so long. */
const CIC_TIMEOUT_US = 120_000_000;
/** Times in a record are 32 bits: a clock that was set back by more begins a new flow too. */
const FARTHEST_BACK_US = -2_000_000_000;

const FIRST_FIN = 1;
const SECOND_FIN = 2;
const READY = 3;

/** Adds the packet at word `at` of the batch to the flow in the record at `base`, as the corrected CICFlowMeter does. */
export function addByCic(state: TableState, base: number, sourceHigh: boolean, packets: PacketBatch, at: number): void {
  const { i32, f64 } = state.memory;
  const words = packets.i32;
  const flags = (words[at + PACKET_KIND] >>> 8) & 0xff;
  const time = packets.f64[at >> 1] - f64[(base >> 1) + FLOW_START_F64];
  const closing = i32[base + FLOW_STATE] & FLOW_STATE_CLOSING;
  const isReopened = closing === READY && (flags & TCP_SYN) !== 0;

  if (time > CIC_TIMEOUT_US || time < FARTHEST_BACK_US || isReopened) {
    split(state, base, sourceHigh, isReopened, packets, at);
    return;
  }
  if (isOtherIcmp(i32[base + FLOW_ICMP], icmpOf(words, at))) {
    reportRecord(state, base, CLOSED);
    startFlow(state, base, newState(i32, base, sourceHigh), true, packets, at);
    return;
  }
  countPacket(state.memory, state.segments, base, time, isForward(i32, base, sourceHigh), words, at);
  if ((flags & (TCP_FIN | TCP_RST | TCP_ACK)) !== 0) noteClosing(i32, base, flags, closing);
}

function isForward(i32: Int32Array, base: number, sourceHigh: boolean): boolean {
  // The reference compares source addresses only.
  if (i32[base + FLOW_LOW_ADDRESS] === i32[base + FLOW_HIGH_ADDRESS]) return true;
  return sourceHigh === ((i32[base + FLOW_STATE] & FLOW_STATE_CLIENT_HIGH) !== 0);
}

/** The reference begins a new flow where both type and code differ from the first packet's. */
function isOtherIcmp(first: number, now: number): boolean {
  return first >= 0 && (first & 0xff) !== (now & 0xff) && first >>> 8 !== now >>> 8;
}

function noteClosing(i32: Int32Array, base: number, flags: number, closing: number): void {
  let next = closing;
  if ((flags & TCP_FIN) !== 0) {
    const bothWays = FLOW_STATE_FIN_FORWARD | FLOW_STATE_FIN_BACKWARD;
    if (closing === 0) next = FIRST_FIN;
    else if (closing === FIRST_FIN && (i32[base + FLOW_STATE] & bothWays) === bothWays) next = SECOND_FIN;
  } else if ((flags & TCP_RST) !== 0) next = READY;
  else if (closing === SECOND_FIN) next = READY;
  if (next !== closing) i32[base + FLOW_STATE] = (i32[base + FLOW_STATE] & ~FLOW_STATE_CLOSING) | next;
}

function split(
  state: TableState,
  base: number,
  sourceHigh: boolean,
  isReopened: boolean,
  packets: PacketBatch,
  at: number,
): void {
  const { i32, f64 } = state.memory;
  reportRecord(state, base, isReopened ? CLOSED : TIMEOUT);
  const protocol = i32[base + FLOW_KIND] & 0xff;
  const silence = packets.f64[at >> 1] - f64[(base >> 1) + FLOW_START_F64] - i32[base + FLOW_LAST];
  const isNewDialogue = protocol === PROTOCOL_UDP && silence > CIC_TIMEOUT_US;
  if (!isReopened && !isNewDialogue && (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP)) {
    continueFlow(state, base, isForward(i32, base, sourceHigh), packets, at);
    return;
  }
  const flags = (packets.i32[at + PACKET_KIND] >>> 8) & 0xff;
  const isAnswer = (flags & TCP_SYN) !== 0 && (flags & TCP_ACK) !== 0;
  const clientHigh = isAnswer !== sourceHigh;
  i32[base + FLOW_STATE] = newState(i32, base, clientHigh);
  startFlow(state, base, i32[base + FLOW_STATE], isForward(i32, base, sourceHigh), packets, at);
}

/** State of a new flow on a known key: the Flow ID keeps the orientation of the key's first flow. */
function newState(i32: Int32Array, base: number, clientHigh: boolean): number {
  return (i32[base + FLOW_STATE] & FLOW_STATE_ID_HIGH) | (clientHigh ? FLOW_STATE_CLIENT_HIGH : 0);
}
