/**
 * Hash index with linear probing: pairs of (hash, reference). A reference above 0 is a record's number, below 0 a
 * seed's place (-1 - place), 0 an empty slot. Keys are compared by the caller, so equal hashes never merge flows.
 * It begins small, to stay in the processor's cache, and doubles up to a size that is fixed from the start.
 */
export interface FlowIndex {
  slots: Int32Array;
  /** Number of slots less one; a power of two less one. */
  mask: number;
  /** References held. */
  count: number;
  readonly mostSlots: number;
}

const FIRST_SLOTS = 2 ** 13;
const HIGHEST_LOAD = 0.6;

/** An index for at most that many flows. */
export function createFlowIndex(mostFlows: number): FlowIndex {
  const mostSlots = 2 ** Math.ceil(Math.log2(mostFlows / HIGHEST_LOAD));
  const size = Math.min(FIRST_SLOTS, mostSlots);
  return { slots: new Int32Array(size * 2), mask: size - 1, count: 0, mostSlots };
}

export function insertFlow(index: FlowIndex, hash: number, reference: number): void {
  if (++index.count > (index.mask + 1) * HIGHEST_LOAD && index.mask + 1 < index.mostSlots) grow(index);
  place(index.slots, index.mask, hash, reference);
}

function grow(index: FlowIndex): void {
  const { slots } = index;
  index.mask = index.mask * 2 + 1;
  index.slots = new Int32Array(slots.length * 2);
  for (let at = 0; at < slots.length; at += 2) {
    if (slots[at + 1] !== 0) place(index.slots, index.mask, slots[at], slots[at + 1]);
  }
}

function place(slots: Int32Array, mask: number, hash: number, reference: number): void {
  let slot = hash & mask;
  while (slots[slot * 2 + 1] !== 0) slot = (slot + 1) & mask;
  slots[slot * 2] = hash;
  slots[slot * 2 + 1] = reference;
}

/** Replaces a reference that is in the index. */
export function moveFlow(index: FlowIndex, hash: number, from: number, to: number): void {
  index.slots[findSlot(index, hash, from) * 2 + 1] = to;
}

/** Removes a reference that is in the index, closing the gap so that no probe ends early. */
export function removeFlow(index: FlowIndex, hash: number, reference: number): void {
  const { slots, mask } = index;
  index.count--;
  let gap = findSlot(index, hash, reference);
  let slot = gap;
  for (;;) {
    slot = (slot + 1) & mask;
    if (slots[slot * 2 + 1] === 0) break;
    const home = slots[slot * 2] & mask;
    if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
    slots[gap * 2] = slots[slot * 2];
    slots[gap * 2 + 1] = slots[slot * 2 + 1];
    gap = slot;
  }
  slots[gap * 2 + 1] = 0;
}

function findSlot(index: FlowIndex, hash: number, reference: number): number {
  const { slots, mask } = index;
  let slot = hash & mask;
  while (slots[slot * 2 + 1] !== reference) slot = (slot + 1) & mask;
  return slot;
}
