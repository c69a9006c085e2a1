import * as flowRecord from '#core/flow-record.ts';
import * as packetBatch from '#core/packet-batch.ts';
import type { PacketBatch } from '#core/packet-batch.ts';
import { releaseAddress } from './address-ids.ts';
import { insertFlow, moveFlow, removeFlow } from './flow-index.ts';
import * as flowKeys from './flow-keys.ts';
import { withPin } from './interface-pin.ts';
import { EVICTED, isIcmp, reportRecord, takeRecord } from './records.ts';
import * as tableState from './table-state.ts';
import type { TableState } from './table-state.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const {
  FLOW_ACK,
  FLOW_BACKWARD,
  FLOW_CWR,
  FLOW_ECE,
  FLOW_FIN,
  FLOW_FORWARD,
  FLOW_HASH,
  FLOW_HIGH_ADDRESS,
  FLOW_ICMP,
  FLOW_INTERFACES,
  FLOW_IPV6,
  FLOW_KIND,
  FLOW_LOW_ADDRESS,
  FLOW_NO_TIME,
  FLOW_PORTS,
  FLOW_REPORTED_PACKETS,
  FLOW_REPORTS,
  FLOW_START_F64,
  FLOW_STATE,
  FLOW_STATE_FIN_BACKWARD,
  FLOW_STATE_FIN_FORWARD,
  FLOW_SYN,
  FLOW_WORDS,
  WAY_BULK_COUNT,
  WAY_BULK_LAST,
  WAY_BULK_SIZE,
  WAY_BULK_START,
  WAY_BYTES_F64,
  WAY_DATA_PACKETS,
  WAY_HEADER_BYTES_F64,
  WAY_LENGTH_MAX,
  WAY_LENGTH_MIN,
  WAY_PACKETS,
  WAY_PSH,
  WAY_RST,
  WAY_SEGMENT_MIN,
  WAY_SQUARES_F64,
  WAY_TOP_ACKNOWLEDGEMENT,
  WAY_TOP_KNOWN,
  WAY_TOP_LENGTH,
  WAY_TOP_SEQUENCE,
  WAY_TOP_WINDOW,
  WAY_URG,
  WAY_WINDOW,
} = flowRecord;
const { PACKET_ACKNOWLEDGEMENT, PACKET_KIND, PACKET_PAYLOAD, PACKET_SEQUENCE, PACKET_WINDOW, PROTOCOL_TCP, TCP_FIN } =
  packetBatch;
const { KEY_HASH, KEY_HIGH, KEY_KIND, KEY_LOW, KEY_PORTS, KEY_SOURCE_HIGH } = flowKeys;
const {
  SEED_ACKNOWLEDGEMENT,
  SEED_BACKWARD,
  SEED_FLAGS,
  SEED_HASH,
  SEED_HIGH_ADDRESS,
  SEED_INTERFACES,
  SEED_KIND,
  SEED_LOW_ADDRESS,
  SEED_PAYLOAD,
  SEED_PORTS,
  SEED_REPORTS,
  SEED_SEQUENCE,
  SEED_STATE,
  SEED_TAKEN,
  SEED_TIME_F64,
  SEED_WINDOW,
  SEED_WORDS,
} = tableState;

/** Up to here a free place is looked for: one in ten is free, so it is found soon. */
const MOST_SEARCHED_LOAD = 0.9;

/** Begins a flow with its first packet; a full ring gives an old flow away. Returns the seed's place. */
export function plantSeed(
  state: TableState,
  keys: Int32Array,
  key: number,
  seedState: number,
  packets: PacketBatch,
  at: number,
): number {
  const words = packets.i32;
  const { seeds } = state;
  const place = takePlace(state);
  const seed = place * SEED_WORDS;
  const window = words[at + PACKET_WINDOW];
  state.seedTimes[(seed >> 1) + SEED_TIME_F64] = packets.f64[at >> 1];
  seeds[seed + SEED_LOW_ADDRESS] = keys[key + KEY_LOW];
  seeds[seed + SEED_HIGH_ADDRESS] = keys[key + KEY_HIGH];
  seeds[seed + SEED_PORTS] = keys[key + KEY_PORTS];
  seeds[seed + SEED_KIND] = keys[key + KEY_KIND] | SEED_TAKEN;
  seeds[seed + SEED_HASH] = keys[key + KEY_HASH];
  seeds[seed + SEED_STATE] = seedState;
  seeds[seed + SEED_FLAGS] = (words[at + PACKET_KIND] >>> 8) & 0xffff;
  seeds[seed + SEED_PAYLOAD] = words[at + PACKET_PAYLOAD];
  seeds[seed + SEED_SEQUENCE] = words[at + PACKET_SEQUENCE];
  seeds[seed + SEED_ACKNOWLEDGEMENT] = words[at + PACKET_ACKNOWLEDGEMENT];
  seeds[seed + SEED_WINDOW] = window & 0xffff;
  seeds[seed + SEED_REPORTS] = 0;
  seeds[seed + SEED_INTERFACES] = withPin(0, keys[key + KEY_SOURCE_HIGH] !== 0, window >>> 16);
  insertFlow(state.index, keys[key + KEY_HASH], -1 - place);
  state.open++;
  return place;
}

/** A free place; where nearly all are taken, that of an old seed, whose flow is reported. */
function takePlace(state: TableState): number {
  const { seeds, seedCapacity } = state;
  let place = state.nextSeed;
  if (state.seedCount < seedCapacity * MOST_SEARCHED_LOAD) {
    while (seeds[place * SEED_WORDS + SEED_KIND] !== 0) place = place + 1 === seedCapacity ? 0 : place + 1;
  }
  state.nextSeed = place + 1 === seedCapacity ? 0 : place + 1;
  state.seedCount++;
  if (seeds[place * SEED_WORDS + SEED_KIND] !== 0) {
    state.evicted++;
    reportSeed(state, place, EVICTED);
    dropSeed(state, place);
  }
  return place;
}

/** Gives the flow a full record, since its second packet has come. Returns the record's word. */
export function promoteSeed(state: TableState, place: number): number {
  const base = takeRecord(state);
  unfold(state, place, base);
  moveFlow(state.index, state.seeds[place * SEED_WORDS + SEED_HASH], -1 - place, base / FLOW_WORDS);
  clearPlace(state, place);
  return base;
}

/** Hands a flow of one packet on as it stands. */
export function reportSeed(state: TableState, place: number, ending: number): void {
  const isBackward = (state.seeds[place * SEED_WORDS + SEED_STATE] & SEED_BACKWARD) !== 0;
  const base = isBackward ? (state.capacity + 1) * FLOW_WORDS : 0;
  unfold(state, place, base);
  reportRecord(state, base, ending);
  state.seeds[place * SEED_WORDS + SEED_REPORTS]++;
}

/** Frees the place and all that it holds. */
export function dropSeed(state: TableState, place: number): void {
  const { seeds } = state;
  const seed = place * SEED_WORDS;
  removeFlow(state.index, seeds[seed + SEED_HASH], -1 - place);
  if ((seeds[seed + SEED_KIND] & FLOW_IPV6) !== 0) {
    releaseAddress(state.addresses, seeds[seed + SEED_LOW_ADDRESS]);
    releaseAddress(state.addresses, seeds[seed + SEED_HIGH_ADDRESS]);
  }
  clearPlace(state, place);
  state.open--;
}

function clearPlace(state: TableState, place: number): void {
  state.seedCount--;
  state.seeds[place * SEED_WORDS + SEED_KIND] = 0;
  if (state.isLive) state.seedDueUs[place] = Infinity;
}

/** Writes the record of a flow of one packet: all words that are not 0 in such a record; the others must be 0. */
function unfold(state: TableState, place: number, base: number): void {
  const { seeds } = state;
  const { i32, f64 } = state.memory;
  const seed = place * SEED_WORDS;
  const double = base >> 1;
  const kind = seeds[seed + SEED_KIND] & ~SEED_TAKEN;
  const protocol = kind & 0xff;
  const flags = seeds[seed + SEED_FLAGS] & 0xff;
  const isFin = (flags & TCP_FIN) !== 0;
  const seedState = seeds[seed + SEED_STATE];
  const forward = (seedState & SEED_BACKWARD) === 0;
  const finState = forward ? FLOW_STATE_FIN_FORWARD : FLOW_STATE_FIN_BACKWARD;

  i32[base + FLOW_LOW_ADDRESS] = seeds[seed + SEED_LOW_ADDRESS];
  i32[base + FLOW_HIGH_ADDRESS] = seeds[seed + SEED_HIGH_ADDRESS];
  i32[base + FLOW_PORTS] = seeds[seed + SEED_PORTS];
  i32[base + FLOW_KIND] = kind;
  i32[base + FLOW_HASH] = seeds[seed + SEED_HASH];
  i32[base + FLOW_STATE] = (seedState & ~SEED_BACKWARD) | (isFin ? finState : 0);
  f64[double + FLOW_START_F64] = state.seedTimes[(seed >> 1) + SEED_TIME_F64];
  i32[base + FLOW_REPORTS] = seeds[seed + SEED_REPORTS];
  i32[base + FLOW_REPORTED_PACKETS] = seeds[seed + SEED_REPORTS] > 0 ? 1 : 0;
  i32[base + FLOW_ICMP] = isIcmp(protocol) ? seeds[seed + SEED_SEQUENCE] : -1;
  i32[base + FLOW_FIN] = isFin ? 1 : 0;
  i32[base + FLOW_SYN] = (flags >>> 1) & 1;
  i32[base + FLOW_ACK] = (flags >>> 4) & 1;
  i32[base + FLOW_ECE] = (flags >>> 6) & 1;
  i32[base + FLOW_CWR] = flags >>> 7;
  i32[base + FLOW_INTERFACES] = seeds[seed + SEED_INTERFACES];
  i32[base + (forward ? FLOW_BACKWARD : FLOW_FORWARD) + WAY_BULK_START] = FLOW_NO_TIME;
  i32[base + (forward ? FLOW_BACKWARD : FLOW_FORWARD) + WAY_BULK_LAST] = FLOW_NO_TIME;
  unfoldWay(i32, f64, base + (forward ? FLOW_FORWARD : FLOW_BACKWARD), seeds, seed, flags, protocol);
}

function unfoldWay(
  i32: Int32Array,
  f64: Float64Array,
  way: number,
  seeds: Int32Array,
  seed: number,
  flags: number,
  protocol: number,
): void {
  const double = way >> 1;
  const payload = seeds[seed + SEED_PAYLOAD];
  const headerBytes = seeds[seed + SEED_FLAGS] >>> 8;
  const hasData = payload > 0;
  i32[way + WAY_PACKETS] = 1;
  i32[way + WAY_LENGTH_MAX] = payload;
  i32[way + WAY_LENGTH_MIN] = payload;
  f64[double + WAY_BYTES_F64] = payload;
  f64[double + WAY_SQUARES_F64] = payload * payload;
  f64[double + WAY_HEADER_BYTES_F64] = headerBytes;
  i32[way + WAY_SEGMENT_MIN] = headerBytes;
  i32[way + WAY_DATA_PACKETS] = hasData ? 1 : 0;
  i32[way + WAY_BULK_START] = hasData ? 0 : FLOW_NO_TIME;
  i32[way + WAY_BULK_LAST] = hasData ? 0 : FLOW_NO_TIME;
  i32[way + WAY_BULK_COUNT] = hasData ? 1 : 0;
  i32[way + WAY_BULK_SIZE] = payload;
  i32[way + WAY_RST] = (flags >>> 2) & 1;
  i32[way + WAY_PSH] = (flags >>> 3) & 1;
  i32[way + WAY_URG] = (flags >>> 5) & 1;
  i32[way + WAY_WINDOW] = seeds[seed + SEED_WINDOW];
  if (protocol !== PROTOCOL_TCP) return;
  i32[way + WAY_TOP_KNOWN] = 1;
  i32[way + WAY_TOP_SEQUENCE] = seeds[seed + SEED_SEQUENCE];
  i32[way + WAY_TOP_ACKNOWLEDGEMENT] = seeds[seed + SEED_ACKNOWLEDGEMENT];
  i32[way + WAY_TOP_LENGTH] = payload;
  i32[way + WAY_TOP_WINDOW] = seeds[seed + SEED_WINDOW];
}
