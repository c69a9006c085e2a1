/**
 * How many different things an entity touched lately, in 64 slots for each entity. A slot remembers when it was last
 * hit; a hit counts exp(-age / tau), and the sum of those weights, kept up to date in O(1), is the damped number of
 * slots in use. Linear counting (Whang et al. 1990) turns it into a number of things, saturating at 266.
 */
export const SKETCH_SLOTS = 64;

/** From this many flows on, "per flow" ratios divide by it, since the sketch cannot count further. */
export const SKETCH_FLOWS = 200;

/** Slots of `entities` sketches: the time of the last hit in tenths of a second since the counters began, plus 1. */
export function createSketches(entities: number): Uint32Array {
  return new Uint32Array(entities * SKETCH_SLOTS);
}

/** Marks a hit and says how old the slot's previous one was, in seconds; Infinity if it had none. */
export function hitSketch(sketches: Uint32Array, entity: number, hash: number, nowS: number): number {
  const slot = entity * SKETCH_SLOTS + (hash & (SKETCH_SLOTS - 1));
  const now = Math.floor(nowS * 10) + 1;
  const before = sketches[slot];
  sketches[slot] = Math.max(before, now);
  return before === 0 ? Infinity : Math.max(0, now - before) / 10;
}

/** Number of distinct things from the damped number of slots in use; 0 to 266. */
export function distinctOf(slotsInUse: number): number {
  const free = 1 - Math.min(Math.max(slotsInUse, 0), SKETCH_SLOTS - 1) / SKETCH_SLOTS;
  return -SKETCH_SLOTS * Math.log(free);
}

/** A well-mixed 32-bit hash of four words of an address. */
export function hashOfAddress(address: Uint8Array, offset: number): number {
  let h = 0x9e3779b9;
  for (let i = 0; i < 16; i++) h = Math.imul(h ^ address[offset + i], 0x01000193);
  return finish(h);
}

/** A well-mixed 32-bit hash of a port of a protocol. */
export function hashOfPort(protocol: number, port: number): number {
  return finish((protocol << 16) | port);
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
