import { hashFlow, randomHashSeed, type HashSeed } from './flow-hash.ts';

/**
 * IPv6 addresses as ids of 32 bits, so that both IP versions have one kind of key. An address has an id as long as a
 * flow holds it, and until freeReleased is called after that; the number of ids is fixed.
 */
export interface AddressIds {
  /** Four words for each id. */
  readonly words: Int32Array;
  /** Flows that hold the id; FREE where it has no address. */
  readonly holders: Int32Array;
  /** Id + 1 by hash, linear probing; 0 empty. */
  readonly slots: Int32Array;
  readonly mask: number;
  readonly freeIds: Int32Array;
  freeCount: number;
  /** Ids whose last holder has gone; they may have a new one, or stand here twice. */
  readonly released: Int32Array;
  releasedCount: number;
  /** Ids ever used lie below. */
  used: number;
  readonly seed: HashSeed;
}

const FREE = -1;

export function createAddressIds(capacity: number): AddressIds {
  const size = 2 ** Math.ceil(Math.log2(capacity * 1.6));
  return {
    words: new Int32Array(capacity * 4),
    holders: new Int32Array(capacity),
    slots: new Int32Array(size),
    mask: size - 1,
    freeIds: new Int32Array(capacity),
    freeCount: 0,
    released: new Int32Array(2 * capacity),
    releasedCount: 0,
    used: 0,
    seed: randomHashSeed(),
  };
}

/** The id of the address in `source` at `at`: a new one where nobody holds it yet. */
export function idOfAddress(ids: AddressIds, source: Int32Array, at: number): number {
  const { words, slots, mask } = ids;
  const hash = hashFlow(ids.seed, source[at], source[at + 1], source[at + 2], source[at + 3]);
  let slot = hash & mask;
  for (;;) {
    const id = slots[slot] - 1;
    if (id < 0) break;
    const word = id * 4;
    if (
      words[word] === source[at] &&
      words[word + 1] === source[at + 1] &&
      words[word + 2] === source[at + 2] &&
      words[word + 3] === source[at + 3]
    ) {
      return id;
    }
    slot = (slot + 1) & mask;
  }
  const id = ids.freeCount > 0 ? ids.freeIds[--ids.freeCount] : ids.used++;
  for (let i = 0; i < 4; i++) words[id * 4 + i] = source[at + i];
  ids.holders[id] = 0;
  slots[slot] = id + 1;
  return id;
}

/** A flow holds the address from now on. */
export function holdAddress(ids: AddressIds, id: number): void {
  ids.holders[id]++;
}

/** A flow holds it no more. The id stays valid until freeReleased, since a key may have it that is not looked up yet. */
export function releaseAddress(ids: AddressIds, id: number): void {
  if (--ids.holders[id] === 0) ids.released[ids.releasedCount++] = id;
}

/** Frees the ids that nobody holds. No key that was made before may be used after it. */
export function freeReleased(ids: AddressIds): void {
  for (let i = 0; i < ids.releasedCount; i++) if (ids.holders[ids.released[i]] === 0) free(ids, ids.released[i]);
  ids.releasedCount = 0;
}

function free(ids: AddressIds, id: number): void {
  const { words, slots, mask } = ids;
  let gap = homeOf(ids, id);
  while (slots[gap] !== id + 1) gap = (gap + 1) & mask;
  for (let slot = (gap + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
    const home = homeOf(ids, slots[slot] - 1);
    if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
    slots[gap] = slots[slot];
    gap = slot;
  }
  slots[gap] = 0;
  words.fill(0, id * 4, id * 4 + 4);
  ids.holders[id] = FREE;
  ids.freeIds[ids.freeCount++] = id;
}

function homeOf(ids: AddressIds, id: number): number {
  const { words } = ids;
  const word = id * 4;
  return hashFlow(ids.seed, words[word], words[word + 1], words[word + 2], words[word + 3]) & ids.mask;
}
