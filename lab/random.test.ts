import { expect, test } from 'vitest';
import { createRandom } from './random.ts';

test('one seed gives one stream, another seed another', () => {
  const draw = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 20 }, () => random.unit());
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('a fork does not depend on what was drawn before it', () => {
  const used = createRandom(3);
  used.unit();
  expect(used.fork('servers').unit()).toBe(createRandom(3).fork('servers').unit());
  expect(used.fork('servers').unit()).not.toBe(used.fork('clients').unit());
});

test('draws stay within their ends and reach both', () => {
  const random = createRandom(1);
  const whole = new Set(Array.from({ length: 500 }, () => random.integer(2, 5)));
  expect([...whole].toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5]);
  const spread = Array.from({ length: 500 }, () => random.logBetween(10, 1_000));
  expect(Math.min(...spread)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...spread)).toBeLessThan(1_000);
  expect(spread.filter((value) => value < 100).length).toBeGreaterThan(200);
});

test('a shuffle keeps every element', () => {
  const list = Array.from({ length: 50 }, (_, index) => index);
  const shuffled = createRandom(5).shuffle(list);
  expect(shuffled).not.toEqual(list);
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(list);
});
