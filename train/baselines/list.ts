import type { Baseline } from './baseline.ts';
import { createDecisionTree } from './decision-tree.ts';
import { createIsolationForest } from './isolation-forest.ts';
import { createQuantileRule } from './quantile-rule.ts';
import { createRandomForest } from './random-forest.ts';

/** All baselines, not yet fitted; the same seed learns the same. */
export function createBaselines(seed: number): Baseline[] {
  return [createRandomForest(seed), createDecisionTree(), createQuantileRule(), createIsolationForest(seed)];
}
