/** From windows to a trained network, with the sizes and settings of the model that is shipped. */
import { FAMILIES, type Family } from '#core/family.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { type Example, WINDOW_LENGTH } from './examples.ts';
import { type Dataset, fit } from './fit.ts';
import type { Network, NetworkShape, Weights } from './network.ts';
import { createRandom } from './random.ts';

/** Windows to learn from. Class 0 is benign, class i + 1 is `families[i]`; every class has a window. */
export interface Lessons {
  readonly data: Dataset;
  readonly families: readonly Family[];
  /** Windows of each class. */
  readonly counts: readonly number[];
}

/** Numbers in a window. */
const WINDOW_SIZE = WINDOW_LENGTH * FEATURE_CONTRACT.features.length;

export function lessonsOf(examples: readonly Example[]): Lessons {
  const inputs = new Float32Array(examples.length * WINDOW_SIZE);
  examples.forEach(({ input }, i) => inputs.set(input, i * WINDOW_SIZE));
  return lessons(
    inputs,
    examples.map(({ family }) => family),
  );
}

/** Only the first `count` windows; families that none of them has are forgotten. Shares the memory. */
export function firstLessons({ data, families }: Lessons, count: number): Lessons {
  const truths = Array.from(data.classes.subarray(0, count), (index) => (index === 0 ? null : families[index - 1]));
  return lessons(data.inputs.subarray(0, count * WINDOW_SIZE), truths);
}

/** Trains the network; the same lessons, epochs and seed give the same weights on one kind of processor. */
export async function learn(
  network: Network<string>,
  { data, families, counts }: Lessons,
  options: {
    readonly epochs: number;
    readonly seed: number;
    readonly onEpoch: (epoch: number, loss: number) => void;
  },
): Promise<{ shape: NetworkShape; weights: Weights<string> }> {
  const shape: NetworkShape = {
    windowLength: WINDOW_LENGTH,
    features: FEATURE_CONTRACT.features.length,
    filters: 32,
    hidden: 48,
    dense: 32,
    classes: families.length + 1,
  };
  const weights = await fit(network, {
    shape,
    data,
    settings: {
      epochs: options.epochs,
      batch: 256,
      learningRate: 2e-3,
      dropout: 0.2,
      // Square root: rare families count for more than their share, not for as much as the rest.
      classWeights: counts.map((count) => Math.sqrt(data.count / counts.length / count)),
    },
    random: createRandom(options.seed),
    onEpoch: options.onEpoch,
  });
  return { shape, weights };
}

function lessons(inputs: Float32Array, truths: readonly (Family | null)[]): Lessons {
  const present = new Set(truths);
  const families = FAMILIES.filter((family) => present.has(family));
  const classes = Uint8Array.from(truths, (family) => (family === null ? 0 : families.indexOf(family) + 1));
  const counts = [null, ...families].map((_, index) => classes.reduce((sum, own) => sum + Number(own === index), 0));
  return { data: { count: truths.length, inputs, classes }, families, counts };
}
