import { expect, test } from 'vitest';
import { toMicroseconds } from './pcapng-time.ts';

/** 2025-10-09 08:53:20.123456 UTC. */
const TIME_US = 1_760_000_000_123_456n;

function ticksToMicroseconds(ticks: bigint, base: 2 | 10, exponent: number, offsetSeconds = 0): number {
  return toMicroseconds(Number(ticks >> 32n), Number(ticks & 0xffffffffn), { base, exponent, offsetSeconds });
}

test('every resolution gives whole microseconds, rounded down', () => {
  for (const base of [2, 10] as const) {
    for (let exponent = 0; exponent <= 40; exponent++) {
      const perSecond = BigInt(base) ** BigInt(exponent);
      for (const more of [0n, 1n, 7n]) {
        const ticks = (TIME_US * perSecond) / 1_000_000n + more;
        if (ticks >= 2n ** 64n) continue;
        const expected = Number((ticks * 1_000_000n) / perSecond);
        expect(ticksToMicroseconds(ticks, base, exponent), `${base}^-${exponent}`).toBe(expected);
      }
    }
  }
});

test('an offset moves the time by whole seconds, back as well', () => {
  expect(ticksToMicroseconds(5_000_000n, 10, 6, 2)).toBe(7_000_000);
  expect(ticksToMicroseconds(5_000_000_001n, 10, 9, -2)).toBe(3_000_000);
  expect(ticksToMicroseconds(5n << 20n, 2, 20, -7)).toBe(-2_000_000);
});
