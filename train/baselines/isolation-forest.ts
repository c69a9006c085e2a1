import { mulberry32 } from '../../lab/mulberry32.ts';
import type { Baseline } from './baseline.ts';
import { requireFitted, requireMatrix, rowsOf } from './baseline.ts';
import { leafOf, type Tree } from './tree.ts';

const NAME = 'isolation-forest';
const TREES = 200;
const SAMPLE = 256;
const EULER = 0.5772156649015329;

/**
 * An isolation forest (Liu, Ting and Zhou 2008) on ordinary windows alone: trees that split at random; what is cut off after few
 * splits is unusual. The score is 2^(-mean depth / usual depth): near 1 for an outlier, below .5 for the ordinary.
 */
export function createIsolationForest(seed: number): Baseline {
  let learned: { trees: readonly Tree[]; width: number; usualDepth: number } | null = null;

  return {
    name: NAME,
    fit({ features, width, attack }) {
      requireMatrix(NAME, features, width, attack.length);
      const rows = rowsOf(NAME, attack, 'ordinary');
      const random = mulberry32(seed);
      const size = Math.min(SAMPLE, rows.length);
      const trees = Array.from({ length: TREES }, () => {
        drawToFront(rows, size, random);
        return growIsolationTree(features, width, rows.slice(0, size), random);
      });
      learned = { trees, width, usualDepth: Math.max(1, expectedDepth(size)) };
    },
    score(features, count) {
      const { trees, width, usualDepth } = requireFitted(NAME, learned);
      requireMatrix(NAME, features, width, count);
      const scores = new Float32Array(count);
      for (let row = 0; row < count; row++) {
        let depths = 0;
        for (const tree of trees) depths += leafOf(tree, features, row * width);
        scores[row] = 2 ** (-depths / trees.length / usualDepth);
      }
      return scores;
    },
  };
}

/** A tree whose leaves hold their depth, plus what the rows that are still together there would need. */
function growIsolationTree(features: Float32Array, width: number, rows: Uint32Array, random: () => number): Tree {
  const maxDepth = Math.ceil(Math.log2(Math.max(2, rows.length)));
  const feature: number[] = [-1];
  const threshold: number[] = [0];
  const left: number[] = [-1];
  const pending = [{ node: 0, members: rows, depth: 0 }];
  for (let task = pending.pop(); task; task = pending.pop()) {
    const { node, members, depth } = task;
    const split = depth < maxDepth && members.length > 1 ? drawSplit(features, width, members, random) : null;
    if (!split) {
      threshold[node] = depth + expectedDepth(members.length);
      continue;
    }
    const goesLeft = (row: number) => features[row * width + split.feature] <= split.threshold;
    [feature[node], threshold[node], left[node]] = [split.feature, split.threshold, feature.length];
    feature.push(-1, -1);
    threshold.push(0, 0);
    left.push(-1, -1);
    pending.push({ node: left[node] + 1, members: members.filter((row) => !goesLeft(row)), depth: depth + 1 });
    pending.push({ node: left[node], members: members.filter(goesLeft), depth: depth + 1 });
  }
  return { feature: Int32Array.from(feature), threshold: Float64Array.from(threshold), left: Int32Array.from(left) };
}

/** A random value between the ends of a random feature that is not constant among these rows; null if all are. */
function drawSplit(features: Float32Array, width: number, rows: Uint32Array, random: () => number) {
  const low = new Float32Array(width).fill(Infinity);
  const high = new Float32Array(width).fill(-Infinity);
  for (const row of rows) {
    for (let feature = 0; feature < width; feature++) {
      const value = features[row * width + feature];
      if (value < low[feature]) low[feature] = value;
      if (value > high[feature]) high[feature] = value;
    }
  }
  const varying = Array.from(low.keys()).filter((feature) => low[feature] < high[feature]);
  if (varying.length === 0) return null;
  const feature = varying[Math.floor(random() * varying.length)];
  return { feature, threshold: low[feature] + random() * (high[feature] - low[feature]) };
}

/** Mean depth of a row in a random search tree of `size` rows. */
function expectedDepth(size: number): number {
  if (size <= 1) return 0;
  if (size === 2) return 1;
  return 2 * (Math.log(size - 1) + EULER) - (2 * (size - 1)) / size;
}

/** Puts `count` rows, drawn without repetition, in front (Fisher and Yates). */
function drawToFront(rows: Uint32Array, count: number, random: () => number): void {
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (rows.length - i));
    [rows[i], rows[j]] = [rows[j], rows[i]];
  }
}
