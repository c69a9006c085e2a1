/**
 * The baselines that the model must beat: a flat vector per entity window comes in, a score goes out, higher for more of an
 * attack. Whoever makes the matrices keeps them; a baseline copies what it needs.
 *
 * Trees are written here because no kept library fits (tried in 2026): ml-cart 2.1 and ml-random-forest 2.1 take time in the
 * square of the rows (4 s for 1,000 rows of 180 numbers, the task has 150,000), ml-isolation-forest 0.1 cannot be seeded.
 */
import { KubeSecureError } from '#core/error.ts';

/** Windows to learn from, one row each. */
export interface Samples {
  /** Row by row, `width` finite numbers a row. */
  readonly features: Float32Array;
  readonly width: number;
  /** 1 for a window of an attack, 0 for an ordinary one; its length is the number of rows. */
  readonly attack: Uint8Array;
}

/** A detector without sequences, for comparison. */
export interface Baseline {
  readonly name: BaselineName;
  /** Learns anew. Throws `bad-input` for numbers that are not finite, or where a kind of window it needs is missing. */
  fit(train: Samples): void;
  /** One score a row of a matrix as wide as the one it learned from; comparable only with its own others. */
  score(features: Float32Array, count: number): Float32Array;
}

export const BASELINE_NAMES = ['random-forest', 'tree-5', 'quantiles', 'isolation-forest'] as const;
export type BaselineName = (typeof BASELINE_NAMES)[number];

/** Throws `bad-input` unless there are `count` rows of `width` finite numbers. */
export function requireMatrix(name: BaselineName, features: Float32Array, width: number, count: number): void {
  if (width < 1 || features.length !== width * count) {
    throw new KubeSecureError(
      'bad-input',
      `while reading windows for ${name}: ${features.length} numbers are not ${count} rows of ${width}`,
    );
  }
  for (let i = 0; i < features.length; i++) {
    if (Number.isFinite(features[i])) continue;
    const [row, column] = [Math.floor(i / width), i % width];
    throw new KubeSecureError(
      'bad-input',
      `while reading windows for ${name}: ${features[i]} in row ${row}, column ${column}`,
    );
  }
}

/** The rows of one kind. Throws `bad-input` where there is none. */
export function rowsOf(name: BaselineName, attack: Uint8Array, kind: 'attack' | 'ordinary'): Uint32Array {
  const wanted = kind === 'attack' ? 1 : 0;
  const rows = new Uint32Array(attack.length);
  let count = 0;
  for (let row = 0; row < attack.length; row++) if (attack[row] === wanted) rows[count++] = row;
  if (count === 0) {
    throw new KubeSecureError('bad-input', `while fitting ${name}: none of ${attack.length} windows is ${kind}`);
  }
  return rows.subarray(0, count);
}

/** Throws `usage` for a baseline that was asked before it learned. */
export function requireFitted<T>(name: BaselineName, learned: T | null): T {
  if (learned === null) throw new KubeSecureError('usage', `while scoring with ${name}: it was not fitted`);
  return learned;
}
