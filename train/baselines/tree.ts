import { MOST_BINS, type BinnedMatrix } from './binned-matrix.ts';

/** A binary tree in arrays; node 0 is the root. */
export interface Tree {
  /** The feature that a node asks for; -1 in a leaf. */
  readonly feature: Int32Array;
  /** At or below it a row goes left; in a leaf, its value. */
  readonly threshold: Float64Array;
  /** The left child; the right one follows it. */
  readonly left: Int32Array;
}

export interface TreeOptions {
  /** Questions to a leaf at most. */
  readonly maxDepth: number;
  /** Rows (with their multiplicity) in a leaf at least. */
  readonly minLeaf: number;
  /** Features that a node tries, drawn without repetition; `width` or more for all of them. */
  readonly featuresPerNode: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

interface Split {
  readonly feature: number;
  readonly bin: number;
}

/**
 * Grows a classification tree (CART, Breiman 1984): each node takes the split that leaves the least Gini impurity; a leaf
 * holds the share of attacks among its rows. `multiplicity` says how often a row counts, 0 leaves it out (a bootstrap sample).
 */
export function growTree(
  matrix: BinnedMatrix,
  attack: Uint8Array,
  multiplicity: Uint8Array,
  options: TreeOptions,
): Tree {
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const order = Uint32Array.from(attack.keys()).filter((row) => multiplicity[row] > 0);
  const findSplit = createSplitFinder(matrix, attack, multiplicity, options);

  const addNode = () => {
    feature.push(-1);
    threshold.push(0);
    left.push(-1);
    return feature.length - 1;
  };
  const pending = [{ node: addNode(), from: 0, to: order.length, depth: 0 }];
  for (let task = pending.pop(); task; task = pending.pop()) {
    const { node, from, to, depth } = task;
    let total = 0;
    let attacks = 0;
    for (let i = from; i < to; i++) {
      total += multiplicity[order[i]];
      attacks += attack[order[i]] * multiplicity[order[i]];
    }
    threshold[node] = attacks / total;
    const isLeaf = depth === options.maxDepth || attacks === 0 || attacks === total || total < 2 * options.minLeaf;
    const split = isLeaf ? null : findSplit(order, from, to, total, attacks);
    if (!split) continue;

    const middle = partition(matrix, order, from, to, split);
    feature[node] = split.feature;
    threshold[node] = matrix.ends[split.feature][split.bin];
    left[node] = addNode();
    addNode();
    pending.push({ node: left[node] + 1, from: middle, to, depth: depth + 1 });
    pending.push({ node: left[node], from, to: middle, depth: depth + 1 });
  }
  return { feature: Int32Array.from(feature), threshold: Float64Array.from(threshold), left: Int32Array.from(left) };
}

/** The value of the leaf that the row at `offset` falls into. */
export function leafOf({ feature, threshold, left }: Tree, features: Float32Array, offset: number): number {
  let node = 0;
  while (feature[node] >= 0) node = left[node] + (features[offset + feature[node]] <= threshold[node] ? 0 : 1);
  return threshold[node];
}

function createSplitFinder(
  { rows, width, bins, ends }: BinnedMatrix,
  attack: Uint8Array,
  multiplicity: Uint8Array,
  { minLeaf, featuresPerNode, random }: TreeOptions,
) {
  const candidates = Uint32Array.from({ length: width }, (_, i) => i);
  const all = new Uint32Array(MOST_BINS);
  const bad = new Uint32Array(MOST_BINS);
  // Of a node's rows side by side, so that a feature costs one read at a scattered place and not three.
  const counts = new Uint8Array(rows);
  const badCounts = new Uint8Array(rows);

  return (order: Uint32Array, from: number, to: number, total: number, attacks: number): Split | null => {
    let best: Split | null = null;
    // A split's worth is sum(attacks^2 + ordinary^2) / size over both sides: the higher, the purer.
    let bestWorth = (attacks ** 2 + (total - attacks) ** 2) / total + 1e-9;
    let tried = 0;
    for (let i = from; i < to; i++) {
      counts[i] = multiplicity[order[i]];
      badCounts[i] = attack[order[i]] * counts[i];
    }
    for (let drawn = 0; drawn < width && tried < featuresPerNode; drawn++) {
      const swap = drawn + Math.floor(random() * (width - drawn));
      const feature = candidates[swap];
      candidates[swap] = candidates[drawn];
      candidates[drawn] = feature;
      const last = ends[feature].length;
      const column = feature * rows;
      let low = last;
      let high = 0;
      for (let i = from; i < to; i++) {
        const bin = bins[column + order[i]];
        all[bin] += counts[i];
        bad[bin] += badCounts[i];
        if (bin < low) low = bin;
        if (bin > high) high = bin;
      }
      // Like scikit-learn, a feature that is constant here does not count as tried.
      if (low < high) tried++;
      let leftTotal = 0;
      let leftAttacks = 0;
      for (let bin = low; bin < high; bin++) {
        leftTotal += all[bin];
        leftAttacks += bad[bin];
        const rightTotal = total - leftTotal;
        if (all[bin] === 0 || leftTotal < minLeaf || rightTotal < minLeaf) continue;
        const rightAttacks = attacks - leftAttacks;
        const worth =
          (leftAttacks ** 2 + (leftTotal - leftAttacks) ** 2) / leftTotal +
          (rightAttacks ** 2 + (rightTotal - rightAttacks) ** 2) / rightTotal;
        if (worth > bestWorth) {
          bestWorth = worth;
          best = { feature, bin };
        }
      }
      all.fill(0, low, high + 1);
      bad.fill(0, low, high + 1);
    }
    return best;
  };
}

/** Moves the rows that go left to the front; returns where the others begin. */
function partition({ rows, bins }: BinnedMatrix, order: Uint32Array, from: number, to: number, split: Split): number {
  let low = from;
  let high = to - 1;
  while (low <= high) {
    const row = order[low];
    if (bins[split.feature * rows + row] <= split.bin) low++;
    else {
      order[low] = order[high];
      order[high--] = row;
    }
  }
  return low;
}
