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

/** Marsaglia's xorshift with 32 bits of state, the seed mixed first. */
export function createChance(seed: number): Chance {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ (seed >>> 15)) | 0 || 1;
  function below(limit: number): number {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 4_294_967_296) * limit);
  }
  for (let i = 0; i < 8; i++) below(1); // neighbouring seeds part ways
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    oneIn: (cases) => below(cases) === 0,
    pick: (values) => values[below(values.length)],
  };
}
