import { expect, test } from 'vitest';
import { mulberry32 } from '../../lab/mulberry32.ts';
import type { Samples } from './baseline.ts';
import { binMatrix } from './binned-matrix.ts';
import { growTree, leafOf, type TreeOptions } from './tree.ts';

const GREEDY: TreeOptions = { maxDepth: 64, minLeaf: 1, featuresPerNode: Infinity, random: () => 0 };

function samples(rows: readonly (readonly number[])[], attack: readonly number[]): Samples {
  return { features: Float32Array.from(rows.flat()), width: rows[0].length, attack: Uint8Array.from(attack) };
}

function grow(
  train: Samples,
  options: Partial<TreeOptions> = {},
  multiplicity = new Uint8Array(train.attack.length).fill(1),
) {
  return growTree(binMatrix(train), train.attack, multiplicity, { ...GREEDY, ...options });
}

function leaves(train: Samples, tree: ReturnType<typeof grow>): number[] {
  return Array.from(train.attack, (_, row) => leafOf(tree, train.features, row * train.width));
}

test('exclusive or needs two questions in a row, and gets them', () => {
  const random = mulberry32(5);
  const rows = Array.from({ length: 400 }, () => [random(), random(), random()]);
  const train = samples(
    rows,
    rows.map(([a, b]) => (a > 0.5 !== b > 0.5 ? 1 : 0)),
  );
  expect(leaves(train, grow(train))).toEqual([...train.attack]);

  const unseen = Float32Array.of(0.1, 0.9, 0.5, 0.1, 0.1, 0.5, 0.9, 0.1, 0.5, 0.9, 0.9, 0.5);
  const tree = grow(train);
  expect([0, 3, 6, 9].map((offset) => leafOf(tree, unseen, offset))).toEqual([1, 0, 1, 0]);
});

test('the split is the one of least impurity, half way between its neighbours', () => {
  const train = samples([[1], [2], [3], [10], [11], [4]], [0, 0, 0, 1, 1, 0]);
  const tree = grow(train);
  expect([...tree.feature]).toEqual([0, -1, -1]);
  expect(tree.threshold[0]).toBe(7);
  expect([...tree.threshold].slice(1)).toEqual([0, 1]);
});

test('a leaf holds the share of attacks among equal rows, counted as often as they were drawn', () => {
  const train = samples([[1], [1], [1], [2], [2]], [1, 0, 0, 0, 1]);
  expect(leaves(train, grow(train))).toEqual([1 / 3, 1 / 3, 1 / 3, 1 / 2, 1 / 2]);
  expect(leaves(train, grow(train, {}, Uint8Array.of(3, 1, 0, 1, 0)))).toEqual([3 / 4, 3 / 4, 3 / 4, 0, 0]);
});

test('depth and the size of leaves are kept', () => {
  const random = mulberry32(2);
  const rows = Array.from({ length: 500 }, () => [random(), random()]);
  const train = samples(
    rows,
    rows.map(() => (random() < 0.5 ? 1 : 0)),
  );
  const shallow = grow(train, { maxDepth: 3 });
  expect(shallow.feature.length).toBeGreaterThan(7);
  expect(shallow.feature.length).toBeLessThanOrEqual(15);
  expect(grow(train).feature.length).toBeGreaterThan(15);

  const counts = new Map<number, number>();
  const wide = grow(train, { minLeaf: 40 });
  // Which leaf a row ends in, seen by giving every leaf its own value.
  const marked = { ...wide, threshold: wide.threshold.map((value, node) => (wide.feature[node] < 0 ? node : value)) };
  for (const leaf of leaves(train, marked)) counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
  expect(counts.size).toBeGreaterThan(4);
  expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(40);
});

test('a node that may try one feature only passes over those that are constant', () => {
  const rows = Array.from({ length: 20 }, (_, row) => [5, 5, 5, row, 5, 5]);
  const train = samples(
    rows,
    rows.map((_, row) => (row < 10 ? 0 : 1)),
  );
  const tree = grow(train, { featuresPerNode: 1, random: mulberry32(1) });
  expect([tree.feature[0], tree.threshold[0]]).toEqual([3, 9.5]);
});
