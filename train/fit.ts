import { FLOW_FACTS } from '#core/feature-contract.ts';
import { init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { createLanes } from './lanes.ts';
import type { Network, NetworkShape, Parameters, Weights } from './network.ts';
import type { Random } from './random.ts';
import { namesOf, toParameters, toWeights } from './network.ts';

/** Windows and their classes (0 is benign), side by side. */
export interface Dataset {
  readonly count: number;
  /** count x windowLength x features. */
  readonly inputs: Float32Array;
  readonly classes: Uint8Array;
}

export interface FitSettings {
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Share of dense units dropped in each step. */
  readonly dropout: number;
  readonly classWeights: readonly number[];
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
const WEIGHT_DECAY = 1e-4;

/** Trains a fresh network with Adam (Kingma & Ba 2015), decoupled weight decay and a cosine schedule. */
export async function fit(
  network: Network<string>,
  options: {
    readonly shape: NetworkShape;
    readonly data: Dataset;
    readonly settings: FitSettings;
    readonly random: Random;
    readonly onEpoch: (epoch: number, loss: number) => void;
  },
): Promise<Weights<string>> {
  const { shape, data, settings, random, onEpoch } = options;
  await init();
  const lanes = createLanes(network, shape.features);
  const initial = lanes.widen(network.initialWeights(shape, random));
  let state: AdamState = {
    parameters: toParameters(initial),
    mean: toParameters(zerosLike(initial)),
    square: toParameters(zerosLike(initial)),
  };
  const step = jit(createStep(network));
  const batches = createBatches(shape, data, settings, random, lanes.width);
  const stepsPerEpoch = Math.floor(data.count / settings.batch);
  const steps = settings.epochs * stepsPerEpoch;

  for (let done = 0, epoch = 1; epoch <= settings.epochs; epoch++) {
    batches.shuffle();
    let loss = 0;
    for (let i = 0; i < stepsPerEpoch; i++, done++) {
      const { inputs, targets, keep } = batches.next(i);
      const rate = settings.learningRate * (0.02 + 0.98 * 0.5 * (1 + Math.cos((Math.PI * done) / steps)));
      const corrected = (rate * Math.sqrt(1 - BETA2 ** (done + 1))) / (1 - BETA1 ** (done + 1));
      const result = step(state, inputs, targets, keep, np.array([corrected]), np.array([rate * WEIGHT_DECAY]));
      state = result.state;
      loss += (await result.loss.data())[0];
    }
    onEpoch(epoch, loss / stepsPerEpoch);
  }
  tree.dispose(state.mean);
  tree.dispose(state.square);
  return lanes.narrow(await toWeights(state.parameters));
}

type AdamState = { parameters: Parameters<string>; mean: Parameters<string>; square: Parameters<string> };

/** One step of Adam on one batch. */
function createStep(network: Network<string>) {
  return (
    { parameters, mean, square }: AdamState,
    inputs: np.Array,
    targets: np.Array,
    keep: np.Array,
    rate: np.Array,
    decay: np.Array,
  ): { state: AdamState; loss: np.Array } => {
    const lossOf = (p: Parameters<string>) => crossEntropy(network.forward(p, inputs, keep), targets);
    const [loss, gradient] = valueAndGrad(lossOf)(tree.ref(parameters));
    const next: AdamState = { parameters: { ...parameters }, mean: { ...mean }, square: { ...square } };
    for (const name of namesOf(parameters)) {
      const g = gradient[name];
      const m = mean[name].mul(BETA1).add(g.ref.mul(1 - BETA1));
      const v = square[name].mul(BETA2).add(np.square(g).mul(1 - BETA2));
      const update = rate.ref.mul(m.ref.div(np.sqrt(v.ref).add(EPSILON))).add(decay.ref.mul(parameters[name].ref));
      next.parameters[name] = parameters[name].sub(update);
      next.mean[name] = m;
      next.square[name] = v;
    }
    rate.dispose();
    decay.dispose();
    return { state: next, loss };
  };
}

/** Mean over the batch; `targets` rows carry the class weight. */
function crossEntropy(logits: np.Array, targets: np.Array): np.Array {
  const batch = logits.shape[0];
  return nn
    .logSoftmax(logits, 1)
    .mul(targets)
    .sum()
    .mul(-1 / batch);
}

function zerosLike(weights: Weights<string>): Weights<string> {
  const zeros = namesOf(weights).map((name) => {
    const { shape, data } = weights[name];
    return [name, { shape, data: new Float32Array(data.length) }] as const;
  });
  return Object.fromEntries(zeros);
}

/**
 * Draws batches and roughens them, so that no single feature or exact value is trusted. Reports are laid out `width`
 * numbers apart.
 */
function createBatches(shape: NetworkShape, data: Dataset, settings: FitSettings, random: Random, width: number) {
  const { windowLength, features, classes, dense } = shape;
  const size = windowLength * features;
  const order = Uint32Array.from({ length: data.count }, (_, i) => i);
  const { batch, dropout } = settings;
  const window = new Float32Array(size);

  return {
    shuffle: () => random.shuffle(order),
    next(index: number) {
      const inputs = new Float32Array(batch * windowLength * width);
      const targets = new Float32Array(batch * classes);
      for (let i = 0; i < batch; i++) {
        const example = order[index * batch + i];
        window.set(data.inputs.subarray(example * size, (example + 1) * size));
        roughen(window, data, random, { windowLength, features });
        for (let step = 0; step < windowLength; step++) {
          const report = window.subarray(step * features, (step + 1) * features);
          inputs.set(report, (i * windowLength + step) * width);
        }
        const label = data.classes[example];
        const weight = settings.classWeights[label];
        targets[i * classes + label] = weight;
      }
      const keep = Float32Array.from({ length: batch * dense }, () => (random.chance(dropout) ? 0 : 1 / (1 - dropout)));
      return {
        inputs: np.array(inputs).reshape([batch, windowLength, width]),
        targets: np.array(targets).reshape([batch, classes]),
        keep: np.array(keep).reshape([batch, dense]),
      };
    },
  };
}

const NOISE = 0.03;
const SWAPPED_WINDOWS = 0.3;
const SWAPPED_FEATURES = 0.05;
const SHORTENED_WINDOWS = 0.25;
/** The first features are facts (present, side, protocol, service, outside or not): they are never noisy. */
const FACTS = FLOW_FACTS.length;
/**
 * So often a window does not tell what kind of service it was, nor who is outside: an attack must be known on ports that
 * nobody has seen it on.
 */
const MASKED_WINDOWS = 0.3;
const MASKED_FACTS = [
  ['DNS service', 'web service', 'service with a login'],
  ['client outside', 'server outside'],
].map((names) => names.map((name) => FLOW_FACTS.findIndex((fact) => fact === name)));

/** Noise; now and then a feature of another window in the place of its own; now and then only the newest reports. */
function roughen(
  window: Float32Array,
  data: Dataset,
  random: Random,
  shape: { windowLength: number; features: number },
): void {
  const { windowLength, features } = shape;
  if (random.chance(SWAPPED_WINDOWS)) {
    const other = random.integer(0, data.count - 1) * window.length;
    for (let feature = FACTS; feature < features; feature++) {
      if (!random.chance(SWAPPED_FEATURES)) continue;
      for (let i = feature; i < window.length; i += features) window[i] = data.inputs[other + i];
    }
  }
  for (let i = 0; i < window.length; i++)
    if (i % features >= FACTS && window[i] !== 0) window[i] += NOISE * random.normal();
  for (const masked of MASKED_FACTS) {
    if (!random.chance(MASKED_WINDOWS)) continue;
    for (const fact of masked) for (let i = fact; i < window.length; i += features) window[i] = 0;
  }
  if (random.chance(SHORTENED_WINDOWS)) window.fill(0, 0, random.integer(0, windowLength >> 1) * features);
  // Padding stays padding, whatever was swapped in.
  for (let step = 0; step < windowLength; step++) {
    if (window[step * features] === 0) window.fill(0, step * features, (step + 1) * features);
  }
}
