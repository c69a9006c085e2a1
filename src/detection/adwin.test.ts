import { expect, test } from 'vitest';
import { mulberry32 } from '../../lab/mulberry32.ts';
import { AdaptiveWindow, addValue, meanOf } from './adwin.ts';

const DELTA = 0.002;

test.each([
  ['evenly spread values', (next: () => number) => next()],
  ['rare ones among zeros', (next: () => number) => (next() < 0.02 ? 1 : 0)],
  ['small values with a long tail', (next: () => number) => next() ** 20],
  ['a value that never changes', () => 0.3],
])('%s that do not change cut nothing in 100,000', (_, draw) => {
  const next = mulberry32(11);
  const window: AdaptiveWindow = [];
  let cuts = 0;
  for (let i = 0; i < 100_000; i++) if (addValue(window, draw(next), i, DELTA) !== null) cuts++;
  expect(cuts).toBe(0);
  expect(window.reduce((sum, { count }) => sum + count, 0)).toBe(100_000);
});

test.each([
  [0.2, 60],
  [0.1, 200],
  [0.03, 2000],
])('a mean that moves by %d is noticed within %d values, and dated', (shift, most) => {
  for (let seed = 1; seed <= 10; seed++) {
    const next = mulberry32(seed);
    const window: AdaptiveWindow = [];
    for (let i = 0; i < 5000; i++) expect(addValue(window, 0.4 * next(), i, DELTA)).toBeNull();
    let at = 5000;
    let cut = null;
    while (cut === null) {
      cut = addValue(window, shift + 0.4 * next(), at, DELTA);
      at++;
      expect(at).toBeLessThanOrEqual(5000 + most);
    }
    expect(cut.before).toBeCloseTo(0.2, 1);
    // The rest of the old values goes while more new ones come.
    for (const end = at + 1000; at < end; at++) addValue(window, shift + 0.4 * next(), at, DELTA);
    expect(meanOf(window)).toBeCloseTo(0.2 + shift, 1);
  }
});

test('the window has the mean and the variance of its values, in few buckets', () => {
  const next = mulberry32(5);
  const values = Array.from({ length: 12_345 }, () => next());
  const window: AdaptiveWindow = [];
  values.forEach((value, i) => addValue(window, value, i, DELTA));

  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(meanOf(window)).toBeCloseTo(mean, 12);
  expect(window.length).toBeLessThanOrEqual(5 * 14);
  // Bucket by bucket against the values themselves.
  let from = 0;
  for (const { count, sum, deviations, at } of window) {
    const part = values.slice(from, from + count);
    const own = part.reduce((total, value) => total + value, 0) / count;
    expect(at).toBe(from);
    expect(sum / count).toBeCloseTo(own, 12);
    expect(deviations).toBeCloseTo(
      part.reduce((total, value) => total + (value - own) ** 2, 0),
      8,
    );
    from += count;
  }
  expect(from).toBe(values.length);
});

test('memory stays bounded, however long nothing changes', () => {
  const window: AdaptiveWindow = [];
  // Begins with what half a million values look like.
  for (let row = 17; row >= 0; row--) {
    const count = 2 ** row;
    for (let i = 0; i < 5; i++) window.push({ count, sum: count / 2, deviations: 0, at: 0 });
  }
  for (let i = 0; i < 300_000; i++) {
    addValue(window, 0.5, i, DELTA);
    if (window.length > 5 * 18) throw new Error(`${window.length} buckets`);
  }
  expect(window[0]).toMatchObject({ count: 2 ** 17, sum: 2 ** 16 });
});

test('its state survives JSON', () => {
  const next = mulberry32(3);
  const window: AdaptiveWindow = [];
  for (let i = 0; i < 1000; i++) addValue(window, 0.1 * next(), i, DELTA);
  const restored = AdaptiveWindow.parse(JSON.parse(JSON.stringify(window)));
  expect(addValue(restored, 1, 1000, DELTA)).toEqual(addValue(window, 1, 1000, DELTA));
  expect(restored).toEqual(window);
});
