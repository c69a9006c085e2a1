import { mulberry32 } from './mulberry32.ts';

/** A stream of random choices that depends on its seed alone, so that a run can be drawn again. */
export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Uniform in the logarithm, for quantities that spread over decades; low > 0. */
  logBetween(low: number, high: number): number;
  /** A whole number in [low, high], both ends included. */
  integer(low: number, high: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** The same elements in another order. */
  shuffle<T>(list: readonly T[]): T[];
  /** A stream of its own, so that one more draw here shifts nothing there. */
  fork(label: string): Random;
}

/** A random stream from a whole-number seed. */
export function createRandom(seed: number): Random {
  const unit = mulberry32(seed);
  const between = (low: number, high: number) => low + unit() * (high - low);
  const integer = (low: number, high: number) => Math.floor(between(low, high + 1));

  return {
    unit,
    between,
    integer,
    logBetween: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
    chance: (probability) => unit() < probability,
    pick: (list) => list[integer(0, list.length - 1)],
    shuffle: (list) => shuffled(list, integer),
    fork: (label) => createRandom(hash(`${seed}/${label}`)),
  };
}

function shuffled<T>(list: readonly T[], integer: (low: number, high: number) => number): T[] {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = integer(0, last);
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
