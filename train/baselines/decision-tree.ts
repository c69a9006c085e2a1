import type { Baseline } from './baseline.ts';
import { requireFitted, requireMatrix, rowsOf } from './baseline.ts';
import { binMatrix } from './binned-matrix.ts';
import { growTree, leafOf, type Tree } from './tree.ts';

const NAME = 'tree-5';
const MAX_DEPTH = 5;

/** One tree of depth 5: what five questions can do. The score is the share of attacks in the leaf, 0 to 1. */
export function createDecisionTree(): Baseline {
  let learned: { tree: Tree; width: number } | null = null;

  return {
    name: NAME,
    fit(train) {
      const { features, width, attack } = train;
      requireMatrix(NAME, features, width, attack.length);
      rowsOf(NAME, attack, 'attack');
      rowsOf(NAME, attack, 'ordinary');
      const everyRow = new Uint8Array(attack.length).fill(1);
      // All features are tried in their own order: nothing is left to chance.
      const options = { maxDepth: MAX_DEPTH, minLeaf: 1, featuresPerNode: width, random: () => 0 };
      learned = { tree: growTree(binMatrix(train), attack, everyRow, options), width };
    },
    score(features, count) {
      const { tree, width } = requireFitted(NAME, learned);
      requireMatrix(NAME, features, width, count);
      return Float32Array.from({ length: count }, (_, row) => leafOf(tree, features, row * width));
    },
  };
}
