/**
 * A bounded map from an entity (side, address, port, protocol) to a small integer slot, on typed arrays. It is a
 * set-associative cache: a key may live in one of eight slots, and when all eight are taken the one with the lowest
 * rank goes. No row allocates, nothing is rehashed, and a flood of spoofed addresses costs constant memory.
 */
export interface EntityTable {
  readonly capacity: number;
  /** What a slot is worth, set by the owner; in a full set the lowest goes. */
  readonly rank: Float64Array;
  /** Five words of the key per slot: the address, then side, protocol and port. */
  readonly keys: Uint32Array;
  /** Times a slot has been taken over; 0 for a slot never used. */
  readonly generation: Uint32Array;
  /**
   * The slot of the client (side 0) or the server (side 1) whose address begins at `offset` of `address`. `fresh` says
   * whether it was just claimed, so that the owner clears its own columns.
   */
  locate(side: number, address: Uint8Array, offset: number, protocol: number, port: number): number;
  readonly fresh: boolean;
  /** Entities that had to leave for another. */
  readonly evicted: number;
  /** Slots in use. */
  readonly size: number;
}

const WAYS = 8;
const KEY_WORDS = 5;

/** A table of at least `capacity` slots (rounded up to a power of two, at least 8). `seed` makes its hash unguessable. */
export function createEntityTable({ capacity, seed }: { capacity: number; seed: number }): EntityTable {
  const sets = 2 ** Math.ceil(Math.log2(Math.max(1, capacity / WAYS)));
  const slots = sets * WAYS;
  const keys = new Uint32Array(slots * KEY_WORDS);
  const generation = new Uint32Array(slots);
  const rank = new Float64Array(slots);
  let fresh = false;
  let evicted = 0;
  let size = 0;

  function locate(side: number, address: Uint8Array, offset: number, protocol: number, port: number): number {
    const a = wordAt(address, offset);
    const b = wordAt(address, offset + 4);
    const c = wordAt(address, offset + 8);
    const d = wordAt(address, offset + 12);
    const e = ((side << 24) | (protocol << 16) | port) >>> 0;
    const first = (hashOf(a, b, c, d, e, seed) & (sets - 1)) * WAYS;

    let weakest = first;
    for (let slot = first; slot < first + WAYS; slot++) {
      if (generation[slot] === 0) return claim(slot, a, b, c, d, e);
      const k = slot * KEY_WORDS;
      if (keys[k + 3] === d && keys[k + 4] === e && keys[k + 2] === c && keys[k + 1] === b && keys[k] === a) {
        fresh = false;
        return slot;
      }
      if (rank[slot] < rank[weakest]) weakest = slot;
    }
    return claim(weakest, a, b, c, d, e);
  }

  function claim(slot: number, a: number, b: number, c: number, d: number, e: number): number {
    if (generation[slot] === 0) size++;
    else evicted++;
    const k = slot * KEY_WORDS;
    keys[k] = a;
    keys[k + 1] = b;
    keys[k + 2] = c;
    keys[k + 3] = d;
    keys[k + 4] = e;
    generation[slot] = generation[slot] === 0xffffffff ? 1 : generation[slot] + 1;
    fresh = true;
    return slot;
  }

  return {
    capacity: slots,
    rank,
    keys,
    generation,
    locate,
    get fresh() {
      return fresh;
    },
    get evicted() {
      return evicted;
    },
    get size() {
      return size;
    },
  };
}

/** The 16 bytes of a slot's address, written to `into`. */
export function addressOfSlot(table: EntityTable, slot: number, into: Uint8Array): void {
  for (let word = 0; word < 4; word++) {
    const value = table.keys[slot * KEY_WORDS + word];
    into[word * 4] = value >>> 24;
    into[word * 4 + 1] = (value >>> 16) & 0xff;
    into[word * 4 + 2] = (value >>> 8) & 0xff;
    into[word * 4 + 3] = value & 0xff;
  }
}

/** Side (0 client, 1 server) and port of a slot's entity. */
export function identityOfSlot(table: EntityTable, slot: number): { side: 0 | 1; protocol: number; port: number } {
  const word = table.keys[slot * KEY_WORDS + 4];
  return { side: word >>> 24 === 0 ? 0 : 1, protocol: (word >>> 16) & 0xff, port: word & 0xffff };
}

function wordAt(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0;
}

/** Five rounds of MurmurHash3's 32-bit mix, started from the seed. */
function hashOf(a: number, b: number, c: number, d: number, e: number, seed: number): number {
  let h = seed | 0;
  h = mixWord(h, a);
  h = mixWord(h, b);
  h = mixWord(h, c);
  h = mixWord(h, d);
  h = mixWord(h, e);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function mixWord(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}
