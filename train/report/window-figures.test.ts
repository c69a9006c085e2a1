import { expect, test } from 'vitest';
import { mulberry32 } from '../../lab/mulberry32.ts';
import { measureWindows, windowsNeeded } from './window-figures.ts';

/** Ten runs of 100 ordinary windows each and 10 of an attack, the latter `shift` higher. */
function measure(shift: number, ordinaryEach = 100) {
  const random = mulberry32(1);
  const each = ordinaryEach + 10;
  const attack = Uint8Array.from({ length: 10 * each }, (_, i) => (i % each < 10 ? 1 : 0));
  const run = Uint16Array.from(attack, (_, i) => Math.floor(i / each));
  const scores = Float32Array.from(attack, (kind) => random() + kind * shift);
  return measureWindows(
    { scores, attack, run, runs: 10 },
    { kinds: Array.from({ length: 10 }, () => 'mixed'), seed: 1 },
  );
}

test('a rate is spoken of only where the rule of three allows it, and the reason is given elsewhere', () => {
  expect([0.01, 0.001, 0.0001].map(windowsNeeded)).toEqual([300, 3000, 30_000]);
  const [onePercent, ...rarer] = measure(0.5).recallAt;
  expect(onePercent).toMatchObject({ falsePositiveRate: 0.01, reason: '' });
  expect(rarer.map(({ value }) => value)).toEqual([null, null]);
  expect(rarer[0].reason).toBe('1000 ordinary windows, 3000 needed (rule of three)');
});

test('figures lie in their intervals', () => {
  const { recallAt, areas } = measure(0.5);
  for (const { value, low, high } of [recallAt[0], ...areas]) {
    expect(value).toBeGreaterThan(low ?? Infinity);
    expect(value).toBeLessThan(high ?? -Infinity);
  }
});

test('the curve rises with the rate, ends at 1, and begins where windows are enough', () => {
  const { curve } = measure(0.5);
  expect(curve[0].falsePositiveRate).toBeGreaterThanOrEqual(0.003);
  expect(curve.at(-1)).toEqual({ falsePositiveRate: 1, recall: 1 });
  expect(curve.every(({ recall }, i) => i === 0 || recall >= curve[i - 1].recall)).toBe(true);
});

test('the histogram holds every window once, whatever is beyond its ends', () => {
  const { low, high, ordinary, attack } = measure(100).histogram;
  expect(low).toBeLessThan(high);
  for (const shares of [ordinary, attack]) expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 2);
  expect(attack.at(-1)).toBeGreaterThan(0.9);
  expect(ordinary.at(-1)).toBe(0);
});

test('scores that are all the same still make a record', () => {
  const constant = measureWindows(
    { scores: new Float32Array(400), attack: new Uint8Array(400), run: new Uint16Array(400), runs: 1 },
    { kinds: ['busy-day'], seed: 1 },
  );
  expect(constant.recallAt[0]).toMatchObject({ value: null, reason: 'no window of an attack' });
  expect(constant.histogram).toMatchObject({ low: 0, high: 0 });
});
