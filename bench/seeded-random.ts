import { mulberry32 } from '../lab/mulberry32.ts';

/** Random numbers that are the same for the same seed. */
export interface SeededRandom {
  /** 0 up to, not including, 1. */
  next(): number;
  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** 32 random bits, signed. */
  word(): number;
}

export function createSeededRandom(seed: number): SeededRandom {
  const next = mulberry32(seed);
  return { next, word: () => (next() * 2 ** 32) | 0, below: (limit) => Math.floor(next() * limit) };
}
