import { KubeSecureError } from './error.ts';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SHAPE = /^(?:\d+(?:ms|s|m|h|d))+$/;

/**
 * Milliseconds of a duration as people write it: `90s`, `10m`, `1h30m`, `250ms`, `2d`. Throws `bad-input` for
 * anything else, for zero, and for more than ten years.
 */
export function parseDuration(text: string): number {
  const compact = text.trim().toLowerCase();
  if (!SHAPE.test(compact)) {
    throw new KubeSecureError(
      'bad-input',
      `while reading the duration "${text}": expected a number and its unit, such as 90s, 10m, 1h or 1h30m`,
    );
  }

  let totalMs = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    totalMs += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }

  if (totalMs <= 0 || totalMs > 3650 * UNIT_MS.d) {
    throw new KubeSecureError(
      'bad-input',
      `while reading the duration "${text}": expected more than zero and at most ten years`,
    );
  }
  return totalMs;
}
