/**
 * Hashes of addresses and ports that nobody outside can foresee: tabulation hashing (Zobrist 1970; Patrascu and Thorup
 * 2012). Every byte of the key picks a random word of a table of its own, and the words are combined by XOR. Whatever
 * keys somebody chooses without the seed, they collide like random ones; a multiplying hash with a seed cannot promise that.
 */
export type SeededHash = Int32Array;

const ADDRESS_BYTES = 16;
const PROTOCOL = ADDRESS_BYTES * 256;
const PORT_HIGH = PROTOCOL + 256;
const PORT_LOW = PORT_HIGH + 256;

/** The tables of a 32-bit seed: 19 kB. */
export function createSeededHash(seed: number): SeededHash {
  const words = new Int32Array(PORT_LOW + 256);
  // A Weyl sequence through a mixer, as in splitmix: every word of the tables differs from its neighbours at random.
  for (let i = 0; i < words.length; i++) words[i] = mixBits(mixBits(seed + Math.imul(i, 0x9e3779b9)) ^ seed);
  return words;
}

/**
 * 32 random bits of the address whose 16 bytes begin at `offset`. They may be combined by XOR with other bits, and go
 * through `mixBits` before a part of them is used: alone, a grid of addresses would collide in rows.
 */
export function addressBits(hash: SeededHash, address: Uint8Array, offset: number): number {
  let bits = 0;
  for (let i = 0; i < ADDRESS_BYTES; i++) bits ^= hash[(i << 8) | address[offset + i]];
  return bits;
}

/** The same for a port of a protocol. */
export function portBits(hash: SeededHash, protocol: number, port: number): number {
  return hash[PROTOCOL + protocol] ^ hash[PORT_HIGH + (port >>> 8)] ^ hash[PORT_LOW + (port & 0xff)];
}

/** MurmurHash3's last step, one to one: every bit depends on every other. A signed 32-bit number. */
export function mixBits(bits: number): number {
  let h = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
