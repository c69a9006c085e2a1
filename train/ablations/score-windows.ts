/** What a trained network says of test windows. */
import { init, jit, numpy as np, tree } from '@jax-js/jax';
import { FAMILIES, type Family } from '#core/family.ts';
import { type Network, type NetworkShape, toParameters, type Weights } from '../network.ts';
import type { TestWindows } from './test-windows.ts';

/** Windows in one go; always as many, since another number would be compiled anew. */
const BATCH = 512;

/**
 * Log odds of an attack that could be, for each window, in nats: the order in which the detector ranks them, without the
 * rounding of probabilities near 1. -Infinity where no known family could be.
 */
export async function scoreWindows(
  network: Network<string>,
  model: { readonly shape: NetworkShape; readonly weights: Weights<string>; readonly families: readonly Family[] },
  { inputs, count, plausible }: Pick<TestWindows, 'inputs' | 'count' | 'plausible'>,
): Promise<Float32Array> {
  await init();
  const { windowLength, features, classes } = model.shape;
  const size = windowLength * features;
  const parameters = toParameters(model.weights);
  const classify = jit((p: typeof parameters, windows: np.Array) => network.forward(p, windows, null));
  const bits = model.families.map((family) => 1 << FAMILIES.indexOf(family));
  const scores = new Float32Array(count);
  for (let from = 0; from < count; from += BATCH) {
    const batch = new Float32Array(BATCH * size);
    batch.set(inputs.subarray(from * size, Math.min(from + BATCH, count) * size));
    const windows = np.array(batch).reshape([BATCH, windowLength, features]);
    const logits = await classify(tree.ref(parameters), windows).data();
    for (let i = 0; i < Math.min(BATCH, count - from); i++) {
      const own = Array.from(logits.subarray(i * classes, (i + 1) * classes));
      scores[from + i] = attackLogOdds(own, (family) => (plausible[from + i] & bits[family]) !== 0);
    }
  }
  tree.dispose(parameters);
  return scores;
}

/** `logits` with the benign class first. */
export function attackLogOdds(logits: readonly number[], isPlausible: (family: number) => boolean): number {
  const highest = Math.max(...logits);
  let attack = 0;
  let rest = Math.exp(logits[0] - highest);
  logits.slice(1).forEach((logit, family) => {
    const weight = Math.exp(logit - highest);
    if (isPlausible(family)) attack += weight;
    else rest += weight;
  });
  return Math.log(attack) - Math.log(rest);
}
