import { mulberry32 } from '../lab/mulberry32.ts';

/** A seeded generator, so that a training run can be repeated to the bit. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Uniform in the logarithm: as often in 1..10 as in 10..100. */
  logBetween(low: number, high: number): number;
  /** Uniform whole number in [low, high]. */
  integer(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Exponential with this mean. */
  exponential(mean: number): number;
  /** Standard normal. */
  normal(): number;
  /** Shuffles in place. */
  shuffle(items: Uint32Array): void;
}

export function createRandom(seed: number): Random {
  const next = mulberry32(seed);
  const between = (low: number, high: number) => low + (high - low) * next();
  const integer = (low: number, high: number) => low + Math.floor((high - low + 1) * next());

  return {
    next,
    between,
    logBetween: (low, high) => low * (high / low) ** next(),
    integer,
    chance: (probability) => next() < probability,
    pick: (from) => from[integer(0, from.length - 1)],
    exponential: (mean) => -mean * Math.log(1 - next()),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = integer(0, i);
        [items[i], items[j]] = [items[j], items[i]];
      }
    },
  };
}
