import { expect, test } from 'vitest';
import { clopperPearson, poissonInterval } from './interval.ts';

// By the beta quantiles: for n of n the lower end is .025^(1/n), for 0 of n the upper one 1 - .025^(1/n).
test.each([
  [0, 10, 0, 1 - 0.025 ** (1 / 10)],
  [10, 10, 0.025 ** (1 / 10), 1],
  [3, 3, 0.025 ** (1 / 3), 1],
  [8, 10, 0.4439045, 0.9747893],
  [1, 2, 0.0125791, 0.9874209],
  [990, 1000, 0.981689, 0.995195],
  [0, 0, 0, 1],
])('%d of %d is between %d and %d', (successes, trials, low, high) => {
  const interval = clopperPearson(successes, trials);
  expect(interval.low).toBeCloseTo(low, 5);
  expect(interval.high).toBeCloseTo(high, 5);
});

test('the ends are where the tails of the binomial hold 2.5 % each', () => {
  // 2 of 4: P(X >= 2) = 6p^2(1-p)^2 + 4p^3(1-p) + p^4.
  const { low, high } = clopperPearson(2, 4);
  const atLeastTwo = (p: number) => 6 * p ** 2 * (1 - p) ** 2 + 4 * p ** 3 * (1 - p) + p ** 4;
  expect(atLeastTwo(low)).toBeCloseTo(0.025, 10);
  expect(atLeastTwo(1 - high)).toBeCloseTo(0.025, 10);
});

test('a lower confidence gives a narrower interval', () => {
  expect(clopperPearson(3, 3, 0.9).low).toBeCloseTo(0.05 ** (1 / 3), 10);
});

test.each([
  [0, 0, 3.688879],
  [1, 0.0253178, 5.571643],
  [2, 0.2422093, 7.224688],
  [10, 4.795389, 18.39036],
  [100, 81.36402, 121.6269],
])('%d events come from a mean between %d and %d', (events, low, high) => {
  const interval = poissonInterval(events);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 3);
});
