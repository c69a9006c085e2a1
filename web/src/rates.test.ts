import { expect, test } from 'vitest';
import { ratesOf, withSample } from './rates.ts';
import type { Sample } from './rates.ts';

const at = (seconds: number, packets: number): Sample => ({ atMs: seconds * 1000, packets, flows: packets / 10 });

test('a rate needs two samples and is the mean between them', () => {
  expect(ratesOf([at(1, 100)])).toEqual({ packetsPerSecond: null, flowsPerSecond: null });
  expect(ratesOf([at(1, 100), at(2, 150), at(3, 300)])).toEqual({ packetsPerSecond: 100, flowsPerSecond: 10 });
});

test('samples older than five seconds leave', () => {
  const samples = [at(1, 0), at(2, 10), at(3, 20)].reduce(withSample, [] as readonly Sample[]);
  expect(withSample(samples, at(7, 30)).map(({ atMs }) => atMs)).toEqual([2000, 3000, 7000]);
});

test('a restarted sensor begins a new window instead of a negative rate', () => {
  expect(withSample([at(1, 500), at(2, 600)], at(3, 5))).toEqual([at(3, 5)]);
});

test('the same answer seen twice is one sample', () => {
  expect(withSample([at(1, 500)], at(1, 500))).toHaveLength(1);
});
