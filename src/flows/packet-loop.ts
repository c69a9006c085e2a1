import * as flowRecord from '#core/flow-record.ts';
import * as packetBatch from '#core/packet-batch.ts';
import type { PacketBatch } from '#core/packet-batch.ts';
import { freeReleased, holdAddress } from './address-ids.ts';
import { addByCic } from './cic-expiry.ts';
import { randomHashSeed } from './flow-hash.ts';
import * as flowKeys from './flow-keys.ts';
import { warmFlows, writeKeys } from './flow-keys.ts';
import { isDuplicate, withPin } from './interface-pin.ts';
import { addLive, advanceLive, isSweepDue, watchPromoted, watchSeed } from './live-expiry.ts';
import { plantSeed, promoteSeed } from './seeds.ts';
import * as tableState from './table-state.ts';
import type { TableState } from './table-state.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const {
  FLOW_HIGH_ADDRESS,
  FLOW_INTERFACES,
  FLOW_IPV6,
  FLOW_KIND,
  FLOW_LOW_ADDRESS,
  FLOW_PORTS,
  FLOW_STATE_ANSWERED,
  FLOW_STATE_CLIENT_HIGH,
  FLOW_STATE_CLOSED,
  FLOW_STATE_ID_HIGH,
  FLOW_WORDS,
} = flowRecord;
const { PACKET_KIND, PACKET_WINDOW, PACKET_WORDS, TCP_ACK, TCP_RST, TCP_SYN } = packetBatch;
const { KEY_HASH, KEY_HIGH, KEY_KIND, KEY_LOW, KEY_PORTS, KEY_SOURCE_HIGH, KEY_WORDS } = flowKeys;
const {
  CHUNK_PACKETS,
  SEED_BACKWARD,
  SEED_HIGH_ADDRESS,
  SEED_KIND,
  SEED_LOW_ADDRESS,
  SEED_PORTS,
  SEED_TAKEN,
  SEED_WORDS,
} = tableState;

/** The function that takes a batch of packets into the table: keys, look-up, and what the expiry policy makes of it. */
export function createPacketLoop(state: TableState): (batch: PacketBatch) => void {
  const seed = randomHashSeed();
  const keys = new Int32Array(CHUNK_PACKETS * KEY_WORDS);

  return (batch) => {
    for (let from = 0; from < batch.count; from += CHUNK_PACKETS) {
      const to = Math.min(from + CHUNK_PACKETS, batch.count);
      freeReleased(state.addresses);
      writeKeys(state, seed, batch, from, to, keys);
      state.warmed = warmFlows(state, keys, to - from);
      addChunk(state, batch, from, to, keys);
    }
  };
}

function addChunk(state: TableState, batch: PacketBatch, from: number, to: number, keys: Int32Array): void {
  const { i32, f64 } = batch;
  const isLive = state.isLive;
  const end = to * PACKET_WORDS;
  for (let at = from * PACKET_WORDS, key = 0; at < end; at += PACKET_WORDS, key += KEY_WORDS) {
    const timeUs = f64[at >> 1];
    if (isLive && isSweepDue(state, timeUs)) advanceLive(state, timeUs);
    else if (timeUs > state.nowUs) state.nowUs = timeUs;

    const sourceHigh = keys[key + KEY_SOURCE_HIGH] !== 0;
    const reference = findFlow(state, keys, key);
    if (reference === 0) {
      begin(state, keys, key, sourceHigh, batch, at);
      continue;
    }
    const interfaceId = i32[at + PACKET_WINDOW] >>> 16;
    if (interfaceId !== 0 && isDuplicate(state, reference, timeUs, sourceHigh, interfaceId)) {
      state.duplicates++;
      continue;
    }
    const base = reference > 0 ? reference * FLOW_WORDS : promote(state, -1 - reference);
    if (isLive) addLive(state, base, sourceHigh, batch, at);
    else addByCic(state, base, sourceHigh, batch, at);
    if (interfaceId !== 0) pin(state, base, sourceHigh, interfaceId);
  }
}

/** The reference of the flow with this key, 0 if there is none. */
function findFlow(state: TableState, keys: Int32Array, key: number): number {
  const { slots, mask } = state.index;
  const hash = keys[key + KEY_HASH];
  let slot = hash & mask;
  for (;;) {
    const reference = slots[slot * 2 + 1];
    if (reference === 0) return 0;
    if (slots[slot * 2] === hash && hasKey(state, reference, keys, key)) return reference;
    slot = (slot + 1) & mask;
  }
}

function hasKey(state: TableState, reference: number, keys: Int32Array, key: number): boolean {
  if (reference > 0) {
    const { i32 } = state.memory;
    const base = reference * FLOW_WORDS;
    return (
      i32[base + FLOW_LOW_ADDRESS] === keys[key + KEY_LOW] &&
      i32[base + FLOW_HIGH_ADDRESS] === keys[key + KEY_HIGH] &&
      i32[base + FLOW_PORTS] === keys[key + KEY_PORTS] &&
      i32[base + FLOW_KIND] === keys[key + KEY_KIND]
    );
  }
  const { seeds } = state;
  const seed = (-1 - reference) * SEED_WORDS;
  return (
    seeds[seed + SEED_LOW_ADDRESS] === keys[key + KEY_LOW] &&
    seeds[seed + SEED_HIGH_ADDRESS] === keys[key + KEY_HIGH] &&
    seeds[seed + SEED_PORTS] === keys[key + KEY_PORTS] &&
    seeds[seed + SEED_KIND] === (keys[key + KEY_KIND] | SEED_TAKEN)
  );
}

function begin(
  state: TableState,
  keys: Int32Array,
  key: number,
  sourceHigh: boolean,
  packets: PacketBatch,
  at: number,
): void {
  const low = keys[key + KEY_LOW];
  const high = keys[key + KEY_HIGH];
  if ((keys[key + KEY_KIND] & FLOW_IPV6) !== 0) {
    holdAddress(state.addresses, low);
    holdAddress(state.addresses, high);
  }
  const isLive = state.isLive;
  const seedState = firstState(low === high, sourceHigh, isLive, packets.i32[at + PACKET_KIND]);
  const place = plantSeed(state, keys, key, seedState, packets, at);
  if (isLive) watchSeed(state, place);
}

/** The first packet's sender is the client, but for an answer to a SYN that was not seen. */
function firstState(isOneAddress: boolean, sourceHigh: boolean, isLive: boolean, packetKind: number): number {
  const flags = (packetKind >>> 8) & 0xff;
  const isAnswer = (flags & (TCP_SYN | TCP_ACK)) === (TCP_SYN | TCP_ACK);
  const clientHigh = sourceHigh !== isAnswer;
  let state = clientHigh ? FLOW_STATE_CLIENT_HIGH | FLOW_STATE_ID_HIGH : 0;
  // The reference takes a packet between two equal addresses for a forward one, whatever its ports.
  if (isAnswer && (isLive || !isOneAddress)) state |= SEED_BACKWARD;
  if (isLive && (flags & TCP_SYN) === 0) state |= FLOW_STATE_ANSWERED;
  if (isLive && (flags & TCP_RST) !== 0) state |= FLOW_STATE_CLOSED;
  return state;
}

function promote(state: TableState, place: number): number {
  const base = promoteSeed(state, place);
  if (state.isLive) watchPromoted(state, base);
  return base;
}

function pin(state: TableState, base: number, sourceHigh: boolean, interfaceId: number): void {
  const { i32 } = state.memory;
  i32[base + FLOW_INTERFACES] = withPin(i32[base + FLOW_INTERFACES], sourceHigh, interfaceId);
}
