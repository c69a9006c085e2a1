import * as flowRecord from '#core/flow-record.ts';
import * as packetBatch from '#core/packet-batch.ts';
import type { PacketBatch } from '#core/packet-batch.ts';
import { idOfAddress } from './address-ids.ts';
import { hashFlow, type HashSeed } from './flow-hash.ts';
import * as tableState from './table-state.ts';
import type { TableState } from './table-state.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const { FLOW_FORWARD, FLOW_BACKWARD, FLOW_IPV6, FLOW_WORDS } = flowRecord;
const { PACKET_DESTINATION, PACKET_IPV6, PACKET_KIND, PACKET_PORTS, PACKET_SOURCE, PACKET_WORDS } = packetBatch;
const { SEED_HASH, SEED_WORDS } = tableState;

/** Key of one packet's flow: the two ends in a fixed order, ports in the same order, protocol | FLOW_IPV6, hash. */
export const KEY_WORDS = 8;
export const KEY_LOW = 0;
export const KEY_HIGH = 1;
export const KEY_PORTS = 2;
export const KEY_KIND = 3;
export const KEY_HASH = 4;
/** 1 where the packet was sent by the high end, else 0. */
export const KEY_SOURCE_HIGH = 5;

/** Writes the keys of the packets [from, to) of a batch, KEY_WORDS each. IPv6 addresses get ids. */
export function writeKeys(
  state: TableState,
  seed: HashSeed,
  batch: PacketBatch,
  from: number,
  to: number,
  keys: Int32Array,
): void {
  const { i32 } = batch;
  const { addresses } = state;
  const end = to * PACKET_WORDS;
  for (let at = from * PACKET_WORDS, key = 0; at < end; at += PACKET_WORDS, key += KEY_WORDS) {
    const packetKind = i32[at + PACKET_KIND];
    const isIpv6 = (packetKind & PACKET_IPV6) !== 0;
    const source = isIpv6 ? idOfAddress(addresses, i32, at + PACKET_SOURCE) : i32[at + PACKET_SOURCE];
    const destination = isIpv6 ? idOfAddress(addresses, i32, at + PACKET_DESTINATION) : i32[at + PACKET_DESTINATION];
    const ports = i32[at + PACKET_PORTS];
    const sourceHigh = source > destination || (source === destination && ports >>> 16 > (ports & 0xffff));
    const low = sourceHigh ? destination : source;
    const high = sourceHigh ? source : destination;
    const ordered = sourceHigh ? (ports << 16) | (ports >>> 16) : ports;
    const kind = (packetKind & 0xff) | (isIpv6 ? FLOW_IPV6 : 0);
    keys[key + KEY_LOW] = low;
    keys[key + KEY_HIGH] = high;
    keys[key + KEY_PORTS] = ordered;
    keys[key + KEY_KIND] = kind;
    keys[key + KEY_HASH] = hashFlow(seed, low, high, ordered, kind);
    keys[key + KEY_SOURCE_HIGH] = sourceHigh ? 1 : 0;
  }
}

/**
 * Reads the memory that these keys will need, one after another without waiting, so that the processor fetches many
 * lines at once; the loop that follows would wait for each of them in turn. Returns a number that means nothing.
 */
export function warmFlows(state: TableState, keys: Int32Array, count: number): number {
  const { slots, mask } = state.index;
  const { seeds, seedCapacity } = state;
  const records = state.memory.i32;
  const end = count * KEY_WORDS;
  let read = 0;
  let oldest = state.nextSeed;
  for (let key = 0; key < end; key += KEY_WORDS) {
    const reference = slots[(keys[key + KEY_HASH] & mask) * 2 + 1];
    if (reference > 0) {
      const base = reference * FLOW_WORDS;
      read ^=
        records[base] ^
        records[base + 16] ^
        records[base + FLOW_FORWARD] ^
        records[base + FLOW_FORWARD + 16] ^
        records[base + FLOW_BACKWARD] ^
        records[base + FLOW_BACKWARD + 8] ^
        records[base + FLOW_BACKWARD + 24];
    } else if (reference < 0) read ^= seeds[(-1 - reference) * SEED_WORDS];
    else {
      // A new flow: it will take the place of the oldest seed, which leaves the index.
      read ^= slots[(seeds[oldest * SEED_WORDS + SEED_HASH] & mask) * 2];
      oldest = oldest + 1 === seedCapacity ? 0 : oldest + 1;
    }
  }
  return read;
}
