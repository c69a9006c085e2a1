import * as flowRecord from '#core/flow-record.ts';
import * as packetBatch from '#core/packet-batch.ts';
import type { PacketBatch } from '#core/packet-batch.ts';
import {
  CLOSED,
  IDLE,
  SNAPSHOT,
  TIMEOUT,
  continueFlow,
  dropRecord,
  packetsOf,
  reportRecord,
  startFlow,
} from './records.ts';
import { countPacket } from './record-update.ts';
import { dropSeed, reportSeed } from './seeds.ts';
import * as tableState from './table-state.ts';
import type { TableState } from './table-state.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const {
  FLOW_KIND,
  FLOW_LAST,
  FLOW_NEXT_AGE,
  FLOW_REPORTED_PACKETS,
  FLOW_START_F64,
  FLOW_STATE,
  FLOW_STATE_ANSWERED,
  FLOW_STATE_CLIENT_HIGH,
  FLOW_STATE_CLOSED,
  FLOW_STATE_FIN_BACKWARD,
  FLOW_STATE_FIN_FORWARD,
  FLOW_WORDS,
} = flowRecord;
const { PACKET_KIND, PROTOCOL_TCP, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } = packetBatch;
const { SEED_KIND, SEED_REPORTS, SEED_STATE, SEED_TIME_F64, SEED_WORDS } = tableState;

/** Age of the second report of an open flow; the third comes at twice that, and so on. */
const SECOND_REPORT_US = 2_000_000;
/** Ages are 32 bits. */
const HIGHEST_AGE_US = 2_000_000_000;
/** A clock set back by more than this begins a new time; smaller steps are packets out of order. */
const STEP_BACK_US = 60_000_000;

/** Adds the packet at word `at` of the batch to the flow in the record at `base`. */
export function addLive(state: TableState, base: number, sourceHigh: boolean, packets: PacketBatch, at: number): void {
  const { i32, f64 } = state.memory;
  const flags = (packets.i32[at + PACKET_KIND] >>> 8) & 0xff;
  const time = packets.f64[at >> 1] - f64[(base >> 1) + FLOW_START_F64];
  const flowState = i32[base + FLOW_STATE];
  const forward = sourceHigh === ((flowState & FLOW_STATE_CLIENT_HIGH) !== 0);

  if ((flowState & FLOW_STATE_CLOSED) !== 0 && (flags & (TCP_SYN | TCP_ACK)) === TCP_SYN) {
    reportRecord(state, base, CLOSED);
    startFlow(state, base, sourceHigh ? FLOW_STATE_CLIENT_HIGH : 0, true, packets, at);
    watchRecord(state, base);
    return;
  }
  if (time > state.timeouts.activeUs || time < -HIGHEST_AGE_US) {
    reportRecord(state, base, TIMEOUT);
    continueFlow(state, base, forward, packets, at);
    i32[base + FLOW_STATE] |= flowState & FLOW_STATE_ANSWERED;
    watchRecord(state, base);
  } else {
    countPacket(state.memory, state.segments, base, time, forward, packets.i32, at);
  }
  if ((flags & TCP_SYN) === 0 && forward) i32[base + FLOW_STATE] |= FLOW_STATE_ANSWERED;
  if ((flags & (TCP_FIN | TCP_RST)) !== 0) noteClosing(state, base, flags, packets, at);
}

function noteClosing(state: TableState, base: number, flags: number, packets: PacketBatch, at: number): void {
  const { i32 } = state.memory;
  const bothWays = FLOW_STATE_FIN_FORWARD | FLOW_STATE_FIN_BACKWARD;
  if ((flags & TCP_RST) === 0 && (i32[base + FLOW_STATE] & bothWays) !== bothWays) return;
  i32[base + FLOW_STATE] |= FLOW_STATE_CLOSED;
  const lingerUs = packets.f64[at >> 1] + state.timeouts.lingerUs;
  setRecordDue(state, base, Math.min(state.recordDueUs[base / FLOW_WORDS], lingerUs));
}

/** The first report of a flow that has just begun in this record becomes due. */
function watchRecord(state: TableState, base: number): void {
  const { i32, f64 } = state.memory;
  i32[base + FLOW_NEXT_AGE] = state.timeouts.firstReportUs;
  setRecordDue(state, base, f64[(base >> 1) + FLOW_START_F64] + state.timeouts.firstReportUs);
}

/** A flow that has got its record by a second packet: its first report may be over. */
export function watchPromoted(state: TableState, base: number): void {
  if (state.memory.i32[base + FLOW_REPORTED_PACKETS] === 0) watchRecord(state, base);
  else setNextAge(state, base, state.nowUs);
}

/** The first report of a flow of one packet becomes due; one that is closed already waits for late packets only. */
export function watchSeed(state: TableState, place: number): void {
  const startUs = state.seedTimes[((place * SEED_WORDS) >> 1) + SEED_TIME_F64];
  const closed = (state.seeds[place * SEED_WORDS + SEED_STATE] & FLOW_STATE_CLOSED) !== 0;
  const dueUs = startUs + (closed ? state.timeouts.lingerUs : state.timeouts.firstReportUs);
  state.seedDueUs[place] = dueUs;
  if (dueUs < state.nextDueUs) state.nextDueUs = dueUs;
}

/** Whether advanceLive would do more at `timeUs` than note the time. */
export function isSweepDue(state: TableState, timeUs: number): boolean {
  return timeUs < state.nowUs - STEP_BACK_US || timeUs >= nextSweepUs(state);
}

function nextSweepUs(state: TableState): number {
  return Math.max(state.lastSweepUs + state.timeouts.sweepUs, state.nextDueUs);
}

/** Time goes on to `timeUs`: reports what became due on the way, in steps of the sweep interval. */
export function advanceLive(state: TableState, timeUs: number): void {
  if (timeUs < state.nowUs - STEP_BACK_US) stepBack(state, timeUs);
  for (let sweepUs = nextSweepUs(state); sweepUs <= timeUs; sweepUs = nextSweepUs(state)) {
    if (sweepUs > state.nowUs) state.nowUs = sweepUs;
    sweep(state, sweepUs);
  }
  if (timeUs > state.nowUs) state.nowUs = timeUs;
}

/** The clock was set back: flows of the old time end, since their ages mean nothing any more. */
function stepBack(state: TableState, timeUs: number): void {
  for (let record = 1; record < state.highWater; record++) {
    if (state.recordDueUs[record] === Infinity) continue;
    reportRecord(state, record * FLOW_WORDS, TIMEOUT);
    dropRecord(state, record * FLOW_WORDS);
  }
  for (let place = 0; place < state.seedCapacity; place++) {
    if (state.seedDueUs[place] === Infinity) continue;
    reportSeed(state, place, TIMEOUT);
    dropSeed(state, place);
  }
  state.nowUs = timeUs;
  state.lastSweepUs = timeUs;
  state.nextDueUs = Infinity;
}

function sweep(state: TableState, nowUs: number): void {
  const { recordDueUs, seedDueUs } = state;
  state.lastSweepUs = nowUs;
  state.nextDueUs = Infinity;
  let nextDueUs = Infinity;
  for (let record = 1; record < state.highWater; record++) {
    if (recordDueUs[record] <= nowUs) lookAtRecord(state, record * FLOW_WORDS, nowUs);
    if (recordDueUs[record] < nextDueUs) nextDueUs = recordDueUs[record];
  }
  for (let place = 0; place < state.seedCapacity; place++) {
    if (seedDueUs[place] <= nowUs) lookAtSeed(state, place, nowUs);
    if (seedDueUs[place] < nextDueUs) nextDueUs = seedDueUs[place];
  }
  state.nextDueUs = nextDueUs;
}

function lookAtRecord(state: TableState, base: number, nowUs: number): void {
  const { i32, f64 } = state.memory;
  const age = nowUs - f64[(base >> 1) + FLOW_START_F64];
  const silence = age - i32[base + FLOW_LAST];
  const isClosed = (i32[base + FLOW_STATE] & FLOW_STATE_CLOSED) !== 0;
  if (isClosed ? silence >= state.timeouts.lingerUs : silence >= idleTimeout(state, i32, base)) {
    reportRecord(state, base, isClosed ? CLOSED : IDLE);
    dropRecord(state, base);
    return;
  }
  if (age >= i32[base + FLOW_NEXT_AGE]) {
    // An open flow without a new packet has nothing new to tell.
    if (packetsOf(i32, base) > i32[base + FLOW_REPORTED_PACKETS]) reportRecord(state, base, SNAPSHOT);
    setNextAge(state, base, nowUs);
  } else setRecordDue(state, base, nextLook(state, base));
}

function setNextAge(state: TableState, base: number, nowUs: number): void {
  const { i32, f64 } = state.memory;
  const age = nowUs - f64[(base >> 1) + FLOW_START_F64];
  let next = SECOND_REPORT_US;
  while (next <= age && next < HIGHEST_AGE_US) next *= 2;
  i32[base + FLOW_NEXT_AGE] = Math.min(next, HIGHEST_AGE_US);
  setRecordDue(state, base, nextLook(state, base));
}

/** When something can happen to the flow if no packet comes. */
function nextLook(state: TableState, base: number): number {
  const { i32, f64 } = state.memory;
  const startUs = f64[(base >> 1) + FLOW_START_F64];
  const isClosed = (i32[base + FLOW_STATE] & FLOW_STATE_CLOSED) !== 0;
  const patience = isClosed ? state.timeouts.lingerUs : idleTimeout(state, i32, base);
  return Math.min(startUs + i32[base + FLOW_LAST] + patience, startUs + i32[base + FLOW_NEXT_AGE]);
}

function idleTimeout(state: TableState, i32: Int32Array, base: number): number {
  const isHalfOpen =
    (i32[base + FLOW_KIND] & 0xff) === PROTOCOL_TCP && (i32[base + FLOW_STATE] & FLOW_STATE_ANSWERED) === 0;
  return isHalfOpen ? state.timeouts.halfOpenUs : state.timeouts.idleUs;
}

function setRecordDue(state: TableState, base: number, dueUs: number): void {
  state.recordDueUs[base / FLOW_WORDS] = dueUs;
  if (dueUs < state.nextDueUs) state.nextDueUs = dueUs;
}

function lookAtSeed(state: TableState, place: number, nowUs: number): void {
  const { seeds } = state;
  const seed = place * SEED_WORDS;
  const startUs = state.seedTimes[(seed >> 1) + SEED_TIME_F64];
  const seedState = seeds[seed + SEED_STATE];
  const isClosed = (seedState & FLOW_STATE_CLOSED) !== 0;
  const isHalfOpen = (seeds[seed + SEED_KIND] & 0xff) === PROTOCOL_TCP && (seedState & FLOW_STATE_ANSWERED) === 0;
  const idleUs = isHalfOpen ? state.timeouts.halfOpenUs : state.timeouts.idleUs;
  if (isClosed || nowUs - startUs >= idleUs) {
    reportSeed(state, place, isClosed ? CLOSED : IDLE);
    dropSeed(state, place);
    return;
  }
  if (seeds[seed + SEED_REPORTS] === 0) reportSeed(state, place, SNAPSHOT);
  state.seedDueUs[place] = startUs + idleUs;
}
