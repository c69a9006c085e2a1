import { addressBits, mixBits, portBits, type SeededHash } from './seeded-hash.ts';

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
  readonly keys: Int32Array;
  /**
   * The slot of the client (side 0) or the server (side 1) whose address begins at `offset` of `address`; an owner that
   * does not keep sides apart may use more of them. `fresh` says afterwards whether it was just claimed, so that the owner
   * clears its own columns.
   */
  locate(side: number, address: Uint8Array, offset: number, protocol: number, port: number): number;
  readonly fresh: boolean;
  /**
   * The same for who has the `addressBits` of the address already, by the hash that the table was given. A slot that was
   * just claimed comes as its complement, `~slot`: below 0.
   */
  locateHashed(bits: number, side: number, address: Uint8Array, offset: number, protocol: number, port: number): number;
  /** Entities that had to leave for another. */
  readonly evicted: number;
  /** Slots in use. */
  readonly size: number;
  /** Slots in use by clients (side 0) or servers (side 1), counted now. */
  sizeOf(side: 0 | 1): number;
}

export interface EntityTableOptions {
  /** Slots at least, rounded up to a power of two, at least 8. */
  readonly capacity: number;
  readonly hash: SeededHash;
  /** Gives clients and servers so many slots each, so that neither can push out the other; servers' come last. */
  readonly apart?: boolean;
}

const WAYS = 8;
const KEY_WORDS = 5;

/** A table of 32 bytes a slot. */
export function createEntityTable({ capacity, hash, apart = false }: EntityTableOptions): EntityTable {
  const sets = 1 << Math.ceil(Math.log2(Math.max(1, capacity / WAYS)));
  const slots = sets * WAYS * (apart ? 2 : 1);
  const firstOfServers = apart ? sets * WAYS : 0;
  const keys = new Int32Array(slots * KEY_WORDS);
  // The hash of the key, so that a search reads one cache line; 0 for a slot never used.
  const tags = new Int32Array(slots);
  const rank = new Float64Array(slots);
  let fresh = false;
  let evicted = 0;
  let size = 0;

  function locateHashed(
    bits: number,
    side: number,
    address: Uint8Array,
    offset: number,
    protocol: number,
    port: number,
  ): number {
    const tag = mixBits(bits ^ portBits(hash, protocol, port)) | 1;
    const first = side * firstOfServers + ((tag >>> 1) & (sets - 1)) * WAYS;
    const service = (side << 24) | (protocol << 16) | port;

    for (let slot = first; slot < first + WAYS; slot++) {
      if (tags[slot] === 0) {
        size++;
        return claim(slot, tag, address, offset, service);
      }
      if (tags[slot] === tag && isKey(slot * KEY_WORDS, address, offset, service)) return slot;
    }
    evicted++;
    return claim(weakestFrom(first), tag, address, offset, service);
  }

  function isKey(at: number, address: Uint8Array, offset: number, service: number): boolean {
    return (
      keys[at + 3] === wordAt(address, offset + 12) &&
      keys[at + 4] === service &&
      keys[at + 2] === wordAt(address, offset + 8) &&
      keys[at + 1] === wordAt(address, offset + 4) &&
      keys[at] === wordAt(address, offset)
    );
  }

  function weakestFrom(first: number): number {
    let weakest = first;
    for (let slot = first + 1; slot < first + WAYS; slot++) if (rank[slot] < rank[weakest]) weakest = slot;
    return weakest;
  }

  function claim(slot: number, tag: number, address: Uint8Array, offset: number, service: number): number {
    const at = slot * KEY_WORDS;
    for (let word = 0; word < 4; word++) keys[at + word] = wordAt(address, offset + word * 4);
    keys[at + 4] = service;
    tags[slot] = tag;
    return ~slot;
  }

  return {
    capacity: slots,
    rank,
    keys,
    locate(side, address, offset, protocol, port) {
      const slot = locateHashed(addressBits(hash, address, offset), side, address, offset, protocol, port);
      fresh = slot < 0;
      return fresh ? ~slot : slot;
    },
    locateHashed,
    get fresh() {
      return fresh;
    },
    get evicted() {
      return evicted;
    },
    get size() {
      return size;
    },
    sizeOf(side) {
      let count = 0;
      for (let slot = 0; slot < slots; slot++) {
        if (tags[slot] !== 0 && keys[slot * KEY_WORDS + 4] >>> 24 === side) count++;
      }
      return count;
    },
  };
}

/** Side (0 client, 1 server, or what else `locate` was given), protocol and port of a slot's entity. */
export function identityOfSlot(table: EntityTable, slot: number): { side: number; protocol: number; port: number } {
  const word = table.keys[slot * KEY_WORDS + 4];
  return { side: word >>> 24, protocol: (word >>> 16) & 0xff, port: word & 0xffff };
}

/** Signed: a number from 2^31 on would be put on the heap wherever it is passed on. */
function wordAt(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3];
}
