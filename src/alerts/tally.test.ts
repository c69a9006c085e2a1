import { expect, test } from 'vitest';
import { createTally } from './tally.ts';

test('the largest come first, with their share of everything', () => {
  const tally = createTally(10);
  tally.add('a', 1);
  tally.add('b', 6);
  tally.add('a', 1);
  expect(tally.top(1)).toEqual([{ key: 'b', count: 6 }]);
  expect(tally.share('b')).toBe(0.75);
  expect(tally.share('nobody')).toBe(0);
  expect(tally.largestShare()).toBe(0.75);
  expect([tally.ofLargest('a'), tally.ofLargest('b'), tally.ofLargest('nobody')]).toEqual([1 / 3, 1, 0]);
});

test('a million small ones neither cost memory nor push out a large one', () => {
  const tally = createTally(100);
  tally.add('large', 1000);
  for (let i = 0; i < 1_000_000; i++) tally.add(`small ${i}`, 1);
  expect(tally.top(1_000_000).length).toBeLessThanOrEqual(100);
  expect(tally.top(1)).toEqual([{ key: 'large', count: 1000 }]);
  expect(tally.share('large')).toBeCloseTo(1000 / 1_001_000, 6);
});
