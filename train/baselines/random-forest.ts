import { mulberry32 } from '../../lab/mulberry32.ts';
import type { Baseline } from './baseline.ts';
import { requireFitted, requireMatrix, rowsOf } from './baseline.ts';
import { binMatrix } from './binned-matrix.ts';
import { growTree, leafOf, type Tree } from './tree.ts';

const NAME = 'random-forest';

/**
 * A random forest (Breiman 2001): each tree from a bootstrap sample, each node from the square root of all features. The
 * score is the mean share of attacks in the leaves, 0 to 1. 100 trees of unlimited depth, as is the custom.
 */
export function createRandomForest(seed: number, { trees: treeCount = 100, maxDepth = 64 } = {}): Baseline {
  let learned: { trees: readonly Tree[]; width: number } | null = null;

  return {
    name: NAME,
    fit(train) {
      const { features, width, attack } = train;
      requireMatrix(NAME, features, width, attack.length);
      rowsOf(NAME, attack, 'attack');
      rowsOf(NAME, attack, 'ordinary');
      const random = mulberry32(seed);
      const matrix = binMatrix(train);
      const featuresPerNode = Math.max(1, Math.round(Math.sqrt(width)));
      const options = { maxDepth, minLeaf: 1, featuresPerNode, random };
      const trees = Array.from({ length: treeCount }, () =>
        growTree(matrix, attack, bootstrapSample(attack.length, random), options),
      );
      learned = { trees, width };
    },
    score(features, count) {
      const { trees, width } = requireFitted(NAME, learned);
      requireMatrix(NAME, features, width, count);
      const scores = new Float32Array(count);
      for (let row = 0; row < count; row++) {
        let sum = 0;
        for (const tree of trees) sum += leafOf(tree, features, row * width);
        scores[row] = sum / trees.length;
      }
      return scores;
    },
  };
}

/** How often each row is drawn, with replacement. */
function bootstrapSample(rows: number, random: () => number): Uint8Array {
  const multiplicity = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) multiplicity[Math.floor(random() * rows)]++;
  return multiplicity;
}
