import { nn, numpy as np } from '@jax-js/jax';
import type { Random } from './random.ts';

/** Sizes of the CLSTM: two Conv1D layers over the reports of a window, an LSTM, a dense head. */
export interface NetworkShape {
  readonly windowLength: number;
  readonly features: number;
  readonly filters: number;
  readonly hidden: number;
  readonly dense: number;
  readonly classes: number;
}

/** Reports that one convolution sees: the one before, this one, the one after. */
export const KERNEL = 3;

export const WEIGHT_NAMES = [
  'conv1',
  'conv1Bias',
  'conv2',
  'conv2Bias',
  'lstmInput',
  'lstmState',
  'lstmBias',
  'dense',
  'denseBias',
  'head',
  'headBias',
] as const;
export type WeightName = (typeof WEIGHT_NAMES)[number];

/** Weights as plain numbers, row-major, for keeping and exporting. */
export type Weights = Readonly<Record<WeightName, { readonly shape: number[]; readonly data: Float32Array }>>;

/** The same as arrays of the trainer. */
export type Parameters = Record<WeightName, np.Array>;

/**
 * Fresh weights: Glorot's uniform, the forget gate's bias 1. A convolution is a matrix [KERNEL * in, out] over the
 * unfolded window. The LSTM's gates lie side by side in the order input, output, forget, cell (ONNX's order).
 */
export function initialWeights(shape: NetworkShape, random: Pick<Random, 'between'>): Weights {
  const { features, filters, hidden, dense, classes } = shape;
  const matrix = (rows: number, columns: number) => {
    const limit = Math.sqrt(6 / (rows + columns));
    return {
      shape: [rows, columns],
      data: Float32Array.from({ length: rows * columns }, () => random.between(-limit, limit)),
    };
  };
  const zeros = (length: number) => ({ shape: [length], data: new Float32Array(length) });
  const lstmBias = zeros(4 * hidden);
  lstmBias.data.fill(1, 2 * hidden, 3 * hidden);

  return {
    conv1: matrix(KERNEL * features, filters),
    conv1Bias: zeros(filters),
    conv2: matrix(KERNEL * filters, filters),
    conv2Bias: zeros(filters),
    lstmInput: matrix(filters, 4 * hidden),
    lstmState: matrix(hidden, 4 * hidden),
    lstmBias,
    dense: matrix(hidden, dense),
    denseBias: zeros(dense),
    head: matrix(dense, classes),
    headBias: zeros(classes),
  };
}

/** Logits [batch, classes] of windows [batch, windowLength, features]. Consumes its arguments, as jax-js wants it. */
export function forward(p: Parameters, windows: np.Array, keep: np.Array | null): np.Array {
  const [batch, steps] = windows.shape;
  const hidden = p.lstmState.shape[0];

  const first = convolve(windows, p.conv1, p.conv1Bias);
  const second = convolve(first, p.conv2, p.conv2Bias);
  const filters = second.shape[2];
  // All steps' input parts of the gates in one product; only the state's part has to go step by step.
  const fromInput = np
    .matmul(second.reshape([batch * steps, filters]), p.lstmInput)
    .add(p.lstmBias)
    .reshape([batch, steps, 4 * hidden]);
  const gatesOfStep = np.unstack(fromInput, 1);

  let state = np.zeros([batch, hidden]);
  let cell = np.zeros([batch, hidden]);
  for (const fromStep of gatesOfStep) {
    const gates = fromStep.add(np.matmul(state, p.lstmState.ref));
    const [input, output, forget, candidate] = np.split(gates, 4, 1);
    cell = nn
      .sigmoid(forget)
      .mul(cell)
      .add(nn.sigmoid(input).mul(np.tanh(candidate)));
    state = nn.sigmoid(output).mul(np.tanh(cell.ref));
  }
  cell.dispose();
  p.lstmState.dispose();

  const dense = nn.relu(np.matmul(state, p.dense).add(p.denseBias));
  return np.matmul(keep === null ? dense : dense.mul(keep), p.head).add(p.headBias);
}

/** Conv1D with zero padding and ReLU: the window is unfolded, so that the convolution is one matrix product. */
function convolve(x: np.Array, weight: np.Array, bias: np.Array): np.Array {
  const [batch, steps, channels] = x.shape;
  const padded = np.pad(x, [
    [0, 0],
    [1, 1],
    [0, 0],
  ]);
  const before = padded.ref.slice([], [0, steps], []);
  const here = padded.ref.slice([], [1, steps + 1], []);
  const after = padded.slice([], [2, steps + 2], []);
  const unfolded = np.concatenate([before, here, after], 2).reshape([batch * steps, KERNEL * channels]);
  return nn.relu(np.matmul(unfolded, weight).add(bias)).reshape([batch, steps, weight.shape[1]]);
}

/** Arrays of the trainer from plain numbers. */
export function toParameters(weights: Weights): Parameters {
  return mapWeights((name) => np.array(weights[name].data.slice()).reshape(weights[name].shape));
}

/** Plain numbers from arrays of the trainer, which are consumed. */
export async function toWeights(parameters: Parameters): Promise<Weights> {
  const data = await Promise.all(WEIGHT_NAMES.map((name) => parameters[name].ref.data()));
  const weights = mapWeights((name) => ({
    shape: parameters[name].shape,
    data: Float32Array.from(data[WEIGHT_NAMES.indexOf(name)]),
  }));
  WEIGHT_NAMES.forEach((name) => parameters[name].dispose());
  return weights;
}

function mapWeights<T>(make: (name: WeightName) => T): Record<WeightName, T> {
  return Object.fromEntries(WEIGHT_NAMES.map((name) => [name, make(name)])) as Record<WeightName, T>;
}
