import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { LONG_SCENARIOS, SCENARIOS } from './list.ts';
import { quietCluster } from './quiet-cluster.ts';

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

test('a quiet cluster lasts 10 to 60 minutes, or ten seconds when asked to be quick', () => {
  const minutes = SEEDS.map((seed) => quietCluster.plan(createRandom(seed), { quick: false }).durationMs / 60_000);
  expect(Math.min(...minutes)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...minutes)).toBeLessThanOrEqual(60);
  expect(new Set(minutes).size).toBeGreaterThan(15);
  expect(quietCluster.plan(createRandom(1), { quick: true }).durationMs).toBe(10_000);
});

test('its activities fill the whole time and none lasts beyond it', () => {
  for (const seed of SEEDS) {
    const { activities, durationMs } = quietCluster.plan(createRandom(seed), { quick: false });
    for (const { startMs, endMs } of activities) {
      expect(startMs).toBeGreaterThanOrEqual(0);
      expect(endMs).toBeGreaterThan(startMs);
      expect(endMs).toBeLessThanOrEqual(durationMs);
    }
    const begunLate = activities.filter(({ startMs }) => startMs > durationMs - 600_000);
    expect(begunLate.length).toBeGreaterThan(5);
  }
});

test('it is drawn the same from the same seed, and nothing runs it unasked', () => {
  const draw = () => quietCluster.plan(createRandom(7), { quick: false });
  expect(JSON.stringify(draw())).toBe(JSON.stringify(draw()));
  expect(LONG_SCENARIOS).toEqual([quietCluster]);
  expect(SCENARIOS).not.toContain(quietCluster);
});
