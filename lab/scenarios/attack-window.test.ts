import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { drawFloodSeconds, drawTiming } from './attack-window.ts';

const SEEDS = Array.from({ length: 300 }, (_, index) => index);

test('an attack begins 5 to 15 s after the run and ends some seconds before it', () => {
  for (const seed of SEEDS) {
    const { durationMs, windows } = drawTiming(createRandom(seed), { quick: false, leastSeconds: 15, mostSeconds: 40 });
    expect(windows[0].startMs).toBeGreaterThanOrEqual(5_000);
    expect(windows[0].startMs).toBeLessThanOrEqual(15_000);
    expect(durationMs - windows[windows.length - 1].endMs).toBeGreaterThanOrEqual(5_000);
    const attackMs = windows.reduce((sum, window) => sum + window.endMs - window.startMs, 0);
    expect(attackMs).toBeGreaterThanOrEqual(14_999);
    expect(attackMs).toBeLessThanOrEqual(40_001);
  }
});

test('two waves lie further apart than one attack lasts in a pause', () => {
  const two = SEEDS.map((seed) =>
    drawTiming(createRandom(seed), { quick: false, leastSeconds: 15, mostSeconds: 40 }),
  ).filter(({ windows }) => windows.length === 2);
  expect(two.length).toBeGreaterThan(20);
  for (const { windows } of two) expect(windows[1].startMs - windows[0].endMs).toBe(6_000);
});

test('a flood never has more packets than it may, but for three seconds', () => {
  const flood = { perSecond: 4_000, budget: 30_000 };
  const most = SEEDS.map((seed) => drawFloodSeconds(createRandom(seed), flood).mostSeconds);
  expect(Math.max(...most)).toBe(7.5);
  expect(drawFloodSeconds(createRandom(1), { perSecond: 100_000, budget: 30_000 }).mostSeconds).toBe(3);
  const slow = SEEDS.map((seed) => drawFloodSeconds(createRandom(seed), { perSecond: 60, budget: 30_000 }).mostSeconds);
  expect(new Set(slow)).toEqual(new Set([8, 40]));
});
