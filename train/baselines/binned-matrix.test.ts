import { expect, test } from 'vitest';
import { mulberry32 } from '../../lab/mulberry32.ts';
import { binMatrix, MOST_BINS } from './binned-matrix.ts';

const binColumn = (values: readonly number[]) => {
  const { bins, ends } = binMatrix({
    features: Float32Array.from(values),
    width: 1,
    attack: new Uint8Array(values.length),
  });
  return { bins: [...bins], ends: [...ends[0]] };
};

test('few values have a bin each, which ends half way to the next', () => {
  expect(binColumn([4, 1, 1, 2, 4, 8])).toEqual({ bins: [2, 0, 0, 1, 2, 3], ends: [1.5, 3, 6] });
});

test('a constant feature has one bin, and no split', () => {
  expect(binColumn([3, 3, 3])).toEqual({ bins: [0, 0, 0], ends: [] });
});

test('many values share bins evenly, equal ones always, and order is kept', () => {
  const random = mulberry32(1);
  const values = Array.from({ length: 10_000 }, () => Math.fround(random()));
  const { bins, ends } = binColumn(values);
  expect(ends.length).toBeGreaterThan(240);
  expect(ends.length).toBeLessThan(MOST_BINS);
  const order = values.map((_, i) => i).toSorted((a, b) => values[a] - values[b]);
  expect(order.every((row, i) => i === 0 || bins[order[i - 1]] <= bins[row])).toBe(true);
  const sizes = new Uint32Array(MOST_BINS);
  for (const bin of bins) sizes[bin]++;
  expect(Math.max(...sizes)).toBeLessThan(80);
});

test('a value that most rows have takes one bin and leaves the others theirs', () => {
  const random = mulberry32(2);
  const values = Array.from({ length: 10_000 }, (_, i) => (i % 10 === 0 ? Math.fround(random()) : 0));
  const { bins, ends } = binColumn(values);
  expect(new Set(bins).size).toBe(ends.length + 1);
  expect(ends.length).toBeGreaterThan(240);
  expect(bins.filter((bin) => bin === bins[1]).length).toBe(9000);
});

test('each column has its own bins', () => {
  const { bins, ends } = binMatrix({
    features: Float32Array.of(1, 9, 2, 9, 3, 8),
    width: 2,
    attack: new Uint8Array(3),
  });
  expect([...bins]).toEqual([0, 1, 2, 1, 1, 0]);
  expect(ends.map((end) => [...end])).toEqual([[1.5, 2.5], [8.5]]);
});
