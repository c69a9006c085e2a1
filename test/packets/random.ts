import { mulberry32 } from '../../lab/mulberry32.ts';

/** Seeded chance for tests that draw millions of values: the same seed gives the same values on every machine. */
export interface Chance {
  /** An integer of [0, below). */
  below(limit: number): number;
  /** An integer of [low, high]. */
  between(low: number, high: number): number;
  /** True in one of so many cases. */
  oneIn(cases: number): boolean;
  pick<T>(values: readonly T[]): T;
}

export function createChance(seed: number): Chance {
  const unit = mulberry32(seed);
  const below = (limit: number): number => Math.floor(unit() * limit);
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    oneIn: (cases) => below(cases) === 0,
    pick: (values) => values[below(values.length)],
  };
}
