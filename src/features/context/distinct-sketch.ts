/**
 * How many different things an entity touched lately, in 64 slots for each entity. A slot remembers when it was last
 * hit; a hit counts exp(-age / tau), and the sum of those weights, kept up to date in O(1), is the damped number of
 * slots in use. Linear counting (Whang et al. 1990) turns it into a number of things, saturating at 266.
 */
const SKETCH_SLOTS = 64;

/** Older than this, in tenths of a second, what a hit has lost of its weight is computed instead of looked up. */
const LOOKED_UP = 1024;
const LOST_10 = Float64Array.from({ length: LOOKED_UP }, (_, age) => lostWeight(age, 10));
const LOST_60 = Float64Array.from({ length: LOOKED_UP }, (_, age) => lostWeight(age, 60));

const ALL_USED = -SKETCH_SLOTS * Math.log(1 / SKETCH_SLOTS);
const ONE_USED = -SKETCH_SLOTS * Math.log(1 - 1 / SKETCH_SLOTS);

/** The age of a slot that was never hit, in tenths of a second: so old that nothing of its weight is left. */
export const NEVER = 2 ** 30;

/** Slots of `entities` sketches: the time of the last hit in tenths of a second since the counters began, plus 1. */
export function createSketches(entities: number): Uint32Array {
  return new Uint32Array(entities * SKETCH_SLOTS);
}

/** Forgets what the entity touched. */
export function clearSketch(sketches: Uint32Array, entity: number): void {
  sketches.fill(0, entity * SKETCH_SLOTS, (entity + 1) * SKETCH_SLOTS);
}

/**
 * Marks a hit in the slot `place`, 0 to 63. Says how old the slot's previous hit was, in tenths of a second, not below 0;
 * NEVER if it had none.
 */
export function hitSketch(sketches: Uint32Array, entity: number, place: number, nowTenths: number): number {
  const slot = entity * SKETCH_SLOTS + place;
  const before = sketches[slot];
  sketches[slot] = Math.max(before, nowTenths);
  return before === 0 ? NEVER : Math.max(0, nowTenths - before);
}

/** What a hit of this age, in tenths of a second, lacks of a full slot, with 10 s for the time constant; 0 to 1. */
export function lostOver10(ageTenths: number): number {
  return ageTenths < LOOKED_UP ? LOST_10[ageTenths] : lostWeight(ageTenths, 10);
}

/** The same with 60 s. */
export function lostOver60(ageTenths: number): number {
  return ageTenths < LOOKED_UP ? LOST_60[ageTenths] : lostWeight(ageTenths, 60);
}

function lostWeight(ageTenths: number, tauS: number): number {
  return 1 - Math.exp(-(ageTenths / 10) / tauS);
}

/** Number of distinct things from the damped number of slots in use; 0 to 266. */
export function distinctOf(slotsInUse: number): number {
  if (slotsInUse >= SKETCH_SLOTS - 1) return ALL_USED;
  if (slotsInUse === 1) return ONE_USED;
  return -SKETCH_SLOTS * Math.log(1 - Math.max(slotsInUse, 0) / SKETCH_SLOTS);
}
