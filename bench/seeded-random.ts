/** Random numbers that are the same for the same seed (mulberry32). */
export interface SeededRandom {
  /** 0 up to, not including, 1. */
  next(): number;
  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** 32 random bits, signed. */
  word(): number;
}

export function createSeededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  function word(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return mixed ^ (mixed >>> 14);
  }
  const next = (): number => (word() >>> 0) / 4_294_967_296;
  return { next, word, below: (limit) => Math.floor(next() * limit) };
}
