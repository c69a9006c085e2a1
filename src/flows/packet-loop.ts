import {
  FLOW_HIGH_ADDRESS,
  FLOW_IPV6,
  FLOW_KIND,
  FLOW_LOW_ADDRESS,
  FLOW_PORTS,
  FLOW_STATE_ANSWERED,
  FLOW_STATE_CLIENT_HIGH,
  FLOW_STATE_CLOSED,
  FLOW_STATE_ID_HIGH,
  FLOW_WORDS,
} from '#core/flow-record.ts';
import {
  PACKET_DESTINATION,
  PACKET_IPV6,
  PACKET_KIND,
  PACKET_PORTS,
  PACKET_SOURCE,
  PACKET_WORDS,
  TCP_ACK,
  TCP_RST,
  TCP_SYN,
  type PacketBatch,
} from '#core/packet-batch.ts';
import { holdAddress, idOfAddress } from './address-ids.ts';
import { addByCic } from './cic-expiry.ts';
import { hashFlow, randomHashSeed } from './flow-hash.ts';
import { addLive, advanceLive, watchPromoted, watchSeed } from './live-expiry.ts';
import { plantSeed, promoteSeed, type FlowKey } from './seeds.ts';
import {
  SEED_BACKWARD,
  SEED_HIGH_ADDRESS,
  SEED_KIND,
  SEED_LOW_ADDRESS,
  SEED_PORTS,
  SEED_TAKEN,
  SEED_WORDS,
  type TableState,
} from './table-state.ts';

/** The function that takes a batch of packets into the table: key, look-up, and what the expiry policy makes of it. */
export function createPacketLoop(state: TableState): (batch: PacketBatch) => void {
  const seed = randomHashSeed();
  const key: FlowKey = { low: 0, high: 0, ports: 0, kind: 0, hash: 0 };
  const isLive = state.expiry === 'live';

  return (batch) => {
    const { i32, f64 } = batch;
    const end = batch.count * PACKET_WORDS;
    for (let at = 0; at < end; at += PACKET_WORDS) {
      const timeUs = f64[at >> 1];
      if (isLive) advanceLive(state, timeUs);
      else if (timeUs > state.nowUs) state.nowUs = timeUs;

      const packetKind = i32[at + PACKET_KIND];
      const isIpv6 = (packetKind & PACKET_IPV6) !== 0;
      const source = isIpv6 ? idOfAddress(state.addresses, i32, at + PACKET_SOURCE) : i32[at + PACKET_SOURCE];
      const destination = isIpv6
        ? idOfAddress(state.addresses, i32, at + PACKET_DESTINATION)
        : i32[at + PACKET_DESTINATION];
      const ports = i32[at + PACKET_PORTS];
      const sourceHigh = source > destination || (source === destination && ports >>> 16 > (ports & 0xffff));

      key.low = sourceHigh ? destination : source;
      key.high = sourceHigh ? source : destination;
      key.ports = sourceHigh ? (ports << 16) | (ports >>> 16) : ports;
      key.kind = (packetKind & 0xff) | (isIpv6 ? FLOW_IPV6 : 0);
      key.hash = hashFlow(seed, key.low, key.high, key.ports, key.kind);

      const reference = findFlow(state, key);
      if (reference === 0) begin(state, key, timeUs, sourceHigh, i32, at);
      else {
        const base = reference > 0 ? reference * FLOW_WORDS : promote(state, -1 - reference);
        if (isLive) addLive(state, base, timeUs, sourceHigh, i32, at);
        else addByCic(state, base, timeUs, sourceHigh, i32, at);
      }
    }
  };
}

/** The reference of the flow with this key, 0 if there is none. */
function findFlow(state: TableState, key: FlowKey): number {
  const { slots, mask } = state.index;
  const { hash } = key;
  let slot = hash & mask;
  for (;;) {
    const reference = slots[slot * 2 + 1];
    if (reference === 0) return 0;
    if (slots[slot * 2] === hash && hasKey(state, reference, key)) return reference;
    slot = (slot + 1) & mask;
  }
}

function hasKey(state: TableState, reference: number, key: FlowKey): boolean {
  if (reference > 0) {
    const { i32 } = state.memory;
    const base = reference * FLOW_WORDS;
    return (
      i32[base + FLOW_LOW_ADDRESS] === key.low &&
      i32[base + FLOW_HIGH_ADDRESS] === key.high &&
      i32[base + FLOW_PORTS] === key.ports &&
      i32[base + FLOW_KIND] === key.kind
    );
  }
  const { seeds } = state;
  const seed = (-1 - reference) * SEED_WORDS;
  return (
    seeds[seed + SEED_LOW_ADDRESS] === key.low &&
    seeds[seed + SEED_HIGH_ADDRESS] === key.high &&
    seeds[seed + SEED_PORTS] === key.ports &&
    seeds[seed + SEED_KIND] === (key.kind | SEED_TAKEN)
  );
}

function begin(
  state: TableState,
  key: FlowKey,
  timeUs: number,
  sourceHigh: boolean,
  words: Int32Array,
  at: number,
): void {
  const isIpv6 = (key.kind & FLOW_IPV6) !== 0;
  if (isIpv6) {
    // Held before a seed is evicted for this one, which might be the last to hold the same address.
    holdAddress(state.addresses, key.low);
    holdAddress(state.addresses, key.high);
  }
  const isLive = state.expiry === 'live';
  const place = plantSeed(state, key, timeUs, firstState(key, sourceHigh, isLive, words[at + PACKET_KIND]), words, at);
  if (isLive) watchSeed(state, place, timeUs);
}

/** The first packet's sender is the client, but for an answer to a SYN that was not seen. */
function firstState(key: FlowKey, sourceHigh: boolean, isLive: boolean, packetKind: number): number {
  const flags = (packetKind >>> 8) & 0xff;
  const isAnswer = (flags & (TCP_SYN | TCP_ACK)) === (TCP_SYN | TCP_ACK);
  const clientHigh = sourceHigh !== isAnswer;
  let state = clientHigh ? FLOW_STATE_CLIENT_HIGH | FLOW_STATE_ID_HIGH : 0;
  // The reference takes a packet between two equal addresses for a forward one, whatever its ports.
  if (isAnswer && (isLive || key.low !== key.high)) state |= SEED_BACKWARD;
  if (isLive && (flags & TCP_SYN) === 0) state |= FLOW_STATE_ANSWERED;
  if (isLive && (flags & TCP_RST) !== 0) state |= FLOW_STATE_CLOSED;
  return state;
}

function promote(state: TableState, place: number): number {
  const base = promoteSeed(state, place);
  if (state.expiry === 'live') watchPromoted(state, base);
  return base;
}
