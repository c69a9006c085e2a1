import { expect, test } from 'vitest';
import { createSeededHash, mixBits, portBits } from '#core/seeded-hash.ts';
import {
  clearSketch,
  createSketches,
  distinctOf,
  hitSketch,
  lostOver10,
  lostOver60,
  NEVER,
} from './distinct-sketch.ts';

/** What the sketch says of `things` ports that are all touched at once, for one seed. */
function estimate(things: number, seed: number): number {
  const hash = createSeededHash(seed);
  const sketches = createSketches(1);
  let used = 0;
  for (let port = 0; port < things; port++) {
    const place = mixBits(portBits(hash, 6, 1024 + port)) & 63;
    used += lostOver10(hitSketch(sketches, 0, place, 1));
  }
  return distinctOf(used);
}

test.each([10, 30, 60, 120])('%i things are counted without bias, as exactly as linear counting can', (things) => {
  const seeds = 1000;
  const estimates = Array.from({ length: seeds }, (_, seed) => estimate(things, seed * 104_729));
  const mean = estimates.reduce((sum, n) => sum + n, 0) / seeds;
  const deviation = Math.sqrt(estimates.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (seeds - 1));

  // Whang et al. 1990: bias (exp(t) - t - 1) / 2 and deviation sqrt(m (exp(t) - t - 1)), t = things / slots.
  const t = things / 64;
  const spread = Math.exp(t) - t - 1;
  expect(Math.abs(mean - things - spread / 2)).toBeLessThan(5 * Math.sqrt((64 * spread) / seeds) + 0.02 * spread);
  expect(deviation / Math.sqrt(64 * spread)).toBeGreaterThan(0.85);
  expect(deviation / Math.sqrt(64 * spread)).toBeLessThan(1.15);
});

test('two seeds miscount different sets', () => {
  const seeds = Array.from({ length: 50 }, (_, seed) => seed);
  expect(new Set(seeds.map((seed) => estimate(30, seed))).size).toBeGreaterThan(3);
});

test('a hit is as old as the last one in its slot, and what it lost follows from that', () => {
  const sketches = createSketches(2);
  expect(hitSketch(sketches, 1, 5, 10)).toBe(NEVER);
  expect(hitSketch(sketches, 1, 5, 25)).toBe(15);
  expect(hitSketch(sketches, 0, 5, 30)).toBe(NEVER);
  clearSketch(sketches, 1);
  expect(hitSketch(sketches, 1, 5, 40)).toBe(NEVER);
  expect(hitSketch(sketches, 0, 5, 30)).toBe(0);

  for (const age of [0, 1, 1023, 1024, 5000]) {
    expect(lostOver10(age)).toBe(1 - Math.exp(-(age / 10) / 10));
    expect(lostOver60(age)).toBe(1 - Math.exp(-(age / 10) / 60));
  }
  expect([lostOver10(NEVER), lostOver60(NEVER)]).toEqual([1, 1]);
});

test('the estimate ends where all slots but one are in use', () => {
  expect(distinctOf(0)).toBeCloseTo(0, 12);
  expect(distinctOf(1)).toBe(-64 * Math.log(1 - 1 / 64));
  expect(distinctOf(64)).toBe(distinctOf(63));
  expect(distinctOf(63)).toBeCloseTo(266.17, 2);
});
