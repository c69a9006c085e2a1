import { expect, test } from 'vitest';
import { randomPartOf, readSplits, splitOf, Splits } from './splits.ts';

const splits = { ...readSplits(), evaluationFromUs: 1_000 };

function run(seed: number, changes: { scenario?: string; startUs?: number } = {}) {
  return { scenario: 'busy-day', startUs: 0, ...changes, seed, lab: seed >= 100 ? ('b' as const) : ('a' as const) };
}

test('the committed file is whole, and its parts are parted by the last digit of the seed', () => {
  expect(splitOf(run(4), 'seed', splits)).toBe('training');
  expect(splitOf(run(13), 'seed', splits)).toBe('calibration');
  expect(splitOf(run(20), 'seed', splits)).toBe('evaluation');
});

test('seeds are parted by their last digit', () => {
  const seedsOf = (part: string) =>
    Array.from({ length: 20 }, (_, seed) => seed).filter((seed) => splitOf(run(seed), 'seed', splits) === part);
  expect(seedsOf('evaluation')).toEqual([0, 8, 9, 10, 18, 19]);
  expect(seedsOf('calibration')).toEqual([3, 7, 13, 17]);
  expect(seedsOf('training')).toEqual([1, 2, 4, 5, 6, 11, 12, 14, 15, 16]);
});

test('lab b teaches the shipped model only, and evaluates cross-lab whatever its seed', () => {
  expect(splitOf(run(104), 'shipped', splits)).toBe('training');
  expect(splitOf(run(104), 'cross-lab', splits)).toBe('evaluation');
  expect(splitOf(run(4), 'cross-lab', splits)).toBe('training');
  expect(splitOf(run(8), 'cross-lab', splits)).toBe('unused');
  for (const protocol of ['seed', 'hold-out', 'time', 'random'] as const) {
    expect(splitOf(run(104), protocol, splits)).toBe('unused');
  }
});

test('a held-out scenario never teaches in hold-out, whatever its seed', () => {
  for (const scenario of splits.heldOut) {
    for (let seed = 0; seed < 10; seed++) {
      expect(splitOf(run(seed, { scenario }), 'hold-out', splits)).toBe('evaluation');
    }
  }
  expect(splitOf(run(1), 'hold-out', splits)).toBe('training');
});

test('in time, what was made from the moment on is for evaluation', () => {
  expect(splitOf(run(8, { startUs: 999 }), 'time', splits)).toBe('training');
  expect(splitOf(run(3, { startUs: 999 }), 'time', splits)).toBe('calibration');
  expect(splitOf(run(1, { startUs: 1_000 }), 'time', splits)).toBe('evaluation');
  expect(() => splitOf(run(1), 'time', { ...splits, evaluationFromUs: null })).toThrow(/sets no evaluationFromUs/);
});

test('at random, windows of one run go both ways in about the share that is set, always the same ones', () => {
  expect(splitOf(run(1), 'random', splits)).toBe('by-window');
  expect(splitOf(run(3), 'random', splits)).toBe('calibration');
  const parts = Array.from({ length: 2_000 }, (_, ordinal) => randomPartOf('busy-day-1', ordinal, splits));
  const share = parts.filter((part) => part === 'evaluation').length / parts.length;
  expect(Math.abs(share - splits.random.evaluationShare)).toBeLessThan(0.05);
  expect(parts).toEqual(Array.from({ length: 2_000 }, (_, ordinal) => randomPartOf('busy-day-1', ordinal, splits)));
});

test('a digit in no part, or in two, is refused', () => {
  expect(() => Splits.parse({ ...splits, seeds: { ...splits.seeds, calibration: [3] } })).toThrow(/one part/);
  expect(() => Splits.parse({ ...splits, seeds: { ...splits.seeds, calibration: [3, 7, 8] } })).toThrow(/one part/);
});

test('a missing file is named', () => {
  expect(() => readSplits('data/no-splits.json')).toThrow(/reading the splits data\/no-splits\.json/);
});
