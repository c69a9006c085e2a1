import {
  FLOW_HASH,
  FLOW_HIGH_ADDRESS,
  FLOW_IPV6,
  FLOW_KIND,
  FLOW_LOW_ADDRESS,
  FLOW_PORTS,
  FLOW_REPORTED_PACKETS,
  FLOW_REPORTS,
  FLOW_WORDS,
} from '#core/flow-record.ts';
import {
  PACKET_ACKNOWLEDGEMENT,
  PACKET_KIND,
  PACKET_PAYLOAD,
  PACKET_SEQUENCE,
  PACKET_WINDOW,
  PACKET_WORDS,
} from '#core/packet-batch.ts';
import { releaseAddress } from './address-ids.ts';
import { insertFlow, moveFlow, removeFlow } from './flow-index.ts';
import { EVICTED, reportRecord, startFlow, takeRecord } from './records.ts';
import {
  SEED_ACKNOWLEDGEMENT,
  SEED_BACKWARD,
  SEED_FLAGS,
  SEED_HASH,
  SEED_HIGH_ADDRESS,
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
  type TableState,
} from './table-state.ts';

/** The key of a flow, its two ends in order. */
export interface FlowKey {
  low: number;
  high: number;
  ports: number;
  kind: number;
  hash: number;
}

/** Begins a flow with its first packet; a full ring gives its oldest flow away. Returns the seed's place. */
export function plantSeed(
  state: TableState,
  key: FlowKey,
  timeUs: number,
  seedState: number,
  words: Int32Array,
  at: number,
): number {
  const place = state.nextSeed;
  state.nextSeed = place + 1 === state.seedCapacity ? 0 : place + 1;
  const { seeds } = state;
  const seed = place * SEED_WORDS;
  if (seeds[seed + SEED_KIND] !== 0) {
    state.evicted++;
    reportSeed(state, place, EVICTED);
    dropSeed(state, place);
  }
  state.seedTimes[(seed >> 1) + SEED_TIME_F64] = timeUs;
  seeds[seed + SEED_LOW_ADDRESS] = key.low;
  seeds[seed + SEED_HIGH_ADDRESS] = key.high;
  seeds[seed + SEED_PORTS] = key.ports;
  seeds[seed + SEED_KIND] = key.kind | SEED_TAKEN;
  seeds[seed + SEED_HASH] = key.hash;
  seeds[seed + SEED_STATE] = seedState;
  seeds[seed + SEED_FLAGS] = (words[at + PACKET_KIND] >>> 8) & 0xffff;
  seeds[seed + SEED_PAYLOAD] = words[at + PACKET_PAYLOAD];
  seeds[seed + SEED_SEQUENCE] = words[at + PACKET_SEQUENCE];
  seeds[seed + SEED_ACKNOWLEDGEMENT] = words[at + PACKET_ACKNOWLEDGEMENT];
  seeds[seed + SEED_WINDOW] = words[at + PACKET_WINDOW];
  seeds[seed + SEED_REPORTS] = 0;
  insertFlow(state.index, key.hash, -1 - place);
  state.open++;
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
  unfold(state, place, 0);
  reportRecord(state, 0, ending);
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
  state.seeds[place * SEED_WORDS + SEED_KIND] = 0;
  state.seedDueUs[place] = Infinity;
}

const unfoldedPacket = new Int32Array(PACKET_WORDS);

function unfold(state: TableState, place: number, base: number): void {
  const { seeds } = state;
  const { i32 } = state.memory;
  const seed = place * SEED_WORDS;
  const kind = seeds[seed + SEED_KIND] & ~SEED_TAKEN;
  i32[base + FLOW_LOW_ADDRESS] = seeds[seed + SEED_LOW_ADDRESS];
  i32[base + FLOW_HIGH_ADDRESS] = seeds[seed + SEED_HIGH_ADDRESS];
  i32[base + FLOW_PORTS] = seeds[seed + SEED_PORTS];
  i32[base + FLOW_KIND] = kind;
  i32[base + FLOW_HASH] = seeds[seed + SEED_HASH];
  unfoldedPacket[PACKET_KIND] = (kind & 0xff) | (seeds[seed + SEED_FLAGS] << 8);
  unfoldedPacket[PACKET_PAYLOAD] = seeds[seed + SEED_PAYLOAD];
  unfoldedPacket[PACKET_SEQUENCE] = seeds[seed + SEED_SEQUENCE];
  unfoldedPacket[PACKET_ACKNOWLEDGEMENT] = seeds[seed + SEED_ACKNOWLEDGEMENT];
  unfoldedPacket[PACKET_WINDOW] = seeds[seed + SEED_WINDOW];
  const seedState = seeds[seed + SEED_STATE];
  const timeUs = state.seedTimes[(seed >> 1) + SEED_TIME_F64];
  const forward = (seedState & SEED_BACKWARD) === 0;
  startFlow(state, base, timeUs, seedState & ~SEED_BACKWARD, forward, unfoldedPacket, 0);
  i32[base + FLOW_REPORTS] = seeds[seed + SEED_REPORTS];
  i32[base + FLOW_REPORTED_PACKETS] = seeds[seed + SEED_REPORTS] > 0 ? 1 : 0;
}
