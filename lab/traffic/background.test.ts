import { expect, test } from 'vitest';
import { SERVICES } from '../addresses.ts';
import { createRandom } from '../random.ts';
import { backgroundActivities, drawBackground } from './background.ts';
import { HABITS } from './habits.ts';
import { drawSurroundings } from './surroundings.ts';

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);
const EVERYTHING = { services: SERVICES, visitors: 3 };

test('a day has only habits whose services are there', () => {
  for (const seed of SEEDS) {
    const random = createRandom(seed);
    const around = drawSurroundings(random);
    const present = new Set<string>([...around.services, ...(around.visitors > 0 ? ['visitors'] : [])]);
    const names = drawBackground(random, 1, around).habits.split(' ');
    const chosen = HABITS.filter(({ name }) => names.includes(name));
    expect(chosen.flatMap(({ needs }) => needs.filter((need) => !present.has(need)))).toEqual([]);
  }
});

test('without services and visitors a day still has what web, app and dns allow', () => {
  const days = SEEDS.map((seed) => drawBackground(createRandom(seed), 1).habits.split(' '));
  const seen = new Set(days.flat().filter((name) => name !== ''));
  expect([...seen].toSorted()).toEqual(
    HABITS.filter(({ needs }) => needs.length === 0)
      .map(({ name }) => name)
      .toSorted(),
  );
});

test('every habit comes up, and busier days have more of them', () => {
  const countOf = (busyness: number) =>
    SEEDS.flatMap((seed) => drawBackground(createRandom(seed), busyness, EVERYTHING).habits.split(' '));
  expect(new Set(countOf(1)).size).toBe(HABITS.length);
  expect(countOf(1).length).toBeGreaterThan(countOf(0.2).length * 1.4);
});

test('no two habits share a name, and none has a space in it', () => {
  const names = HABITS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => name.includes(' '))).toEqual([]);
});

test('every habit stays within the run, with one client and one visitor as with many, in eight seconds as in ten minutes', () => {
  const habits = HABITS.map(({ name }) => name).join(' ');
  for (const seed of SEEDS.slice(0, 40)) {
    const random = createRandom(seed);
    const day = { ...drawBackground(random, 1, EVERYTHING), habits };
    const count = seed % 2 === 0 ? 1 : 12;
    const durationMs = seed % 3 === 0 ? 8_000 : 600_000;
    const activities = backgroundActivities(random, day, { durationMs, clients: count, visitors: count });
    expect(activities.length).toBeGreaterThan(HABITS.length);
    for (const { startMs, endMs } of activities) {
      expect(startMs).toBeGreaterThanOrEqual(0);
      expect(endMs).toBeGreaterThan(startMs);
      expect(endMs).toBeLessThanOrEqual(durationMs);
    }
  }
});

test('surroundings have what is needed and vary in the rest', () => {
  const drawn = SEEDS.map((seed) => drawSurroundings(createRandom(seed), { services: ['queue'], visitors: 2 }));
  expect(drawn.every(({ services, visitors }) => services.includes('queue') && visitors >= 2)).toBe(true);
  expect(new Set(drawn.map(({ services }) => services.join(' '))).size).toBe(32);
});
