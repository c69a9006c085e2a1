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

/** Plain numbers, row-major, for keeping and exporting. */
export interface Weight {
  readonly shape: number[];
  readonly data: Float32Array;
}
export type Weights<Name extends string = WeightName> = Readonly<Record<Name, Weight>>;

/** The same as arrays of the trainer. */
export type Parameters<Name extends string = WeightName> = Record<Name, np.Array>;

/** Something to train: what it begins as, and what it makes of windows. */
export interface Network<Name extends string> {
  initialWeights(shape: NetworkShape, random: Pick<Random, 'between'>): Weights<Name>;
  /** Logits [batch, classes] of windows [batch, windowLength, features]; `keep` scales the dense units, null for no dropout. */
  forward(parameters: Parameters<Name>, windows: np.Array, keep: np.Array | null): np.Array;
  /** The weight that features are multiplied with: as many matrices [features, out] as it sees neighbouring reports. */
  readonly entry: { readonly name: Name; readonly reports: number };
}

/**
 * Fresh weights: Glorot's uniform, the forget gate's bias 1. A convolution is a matrix [KERNEL * in, out] over the
 * unfolded window. The LSTM's gates lie side by side in the order input, output, forget, cell (ONNX's order).
 */
export function initialWeights(shape: NetworkShape, random: Pick<Random, 'between'>): Weights {
  const { features, filters, hidden, dense, classes } = shape;
  return {
    ...convolutionWeights(features, filters, random),
    ...lstmWeights(filters, hidden, random),
    ...decisionWeights(hidden, dense, classes, random),
  };
}

/** Logits [batch, classes] of windows [batch, windowLength, features]. Consumes its arguments, as jax-js wants it. */
export function forward(p: Parameters, windows: np.Array, keep: np.Array | null): np.Array {
  return decide(p, lastState(p, convolveTwice(p, windows)), keep);
}

/** The network that is served. */
export const CLSTM: Network<WeightName> = { initialWeights, forward, entry: { name: 'conv1', reports: KERNEL } };

type ConvolutionName = 'conv1' | 'conv1Bias' | 'conv2' | 'conv2Bias';
type LstmName = 'lstmInput' | 'lstmState' | 'lstmBias';
type DecisionName = 'dense' | 'denseBias' | 'head' | 'headBias';

export function convolutionWeights(
  features: number,
  filters: number,
  random: Pick<Random, 'between'>,
): Weights<ConvolutionName> {
  return {
    conv1: drawn(KERNEL * features, filters, random),
    conv1Bias: zeros(filters),
    conv2: drawn(KERNEL * filters, filters, random),
    conv2Bias: zeros(filters),
  };
}

export function lstmWeights(inputs: number, hidden: number, random: Pick<Random, 'between'>): Weights<LstmName> {
  const lstmBias = zeros(4 * hidden);
  lstmBias.data.fill(1, 2 * hidden, 3 * hidden);
  return {
    lstmInput: drawn(inputs, 4 * hidden, random),
    lstmState: drawn(hidden, 4 * hidden, random),
    lstmBias,
  };
}

export function decisionWeights(
  inputs: number,
  dense: number,
  classes: number,
  random: Pick<Random, 'between'>,
): Weights<DecisionName> {
  return {
    dense: drawn(inputs, dense, random),
    denseBias: zeros(dense),
    head: drawn(dense, classes, random),
    headBias: zeros(classes),
  };
}

function drawn(rows: number, columns: number, random: Pick<Random, 'between'>): Weight {
  const limit = Math.sqrt(6 / (rows + columns));
  return {
    shape: [rows, columns],
    data: Float32Array.from({ length: rows * columns }, () => random.between(-limit, limit)),
  };
}

function zeros(length: number): Weight {
  return { shape: [length], data: new Float32Array(length) };
}

/** Both Conv1D layers: [batch, steps, features] to [batch, steps, filters]. */
export function convolveTwice(p: Parameters<ConvolutionName>, windows: np.Array): np.Array {
  const first = convolve(windows, p.conv1, p.conv1Bias);
  return convolve(first, p.conv2, p.conv2Bias);
}

/** The LSTM's state [batch, hidden] after the last step of [batch, steps, inputs]. */
export function lastState(p: Parameters<LstmName>, sequence: np.Array): np.Array {
  const [batch, steps, inputs] = sequence.shape;
  const hidden = p.lstmState.shape[0];
  // All steps' input parts of the gates in one product; only the state's part has to go step by step.
  const fromInput = np
    .matmul(sequence.reshape([batch * steps, inputs]), p.lstmInput)
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
  return state;
}

/** The dense layer and the head: [batch, inputs] to logits [batch, classes]. */
export function decide(p: Parameters<DecisionName>, state: np.Array, keep: np.Array | null): np.Array {
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
export function toParameters<Name extends string>(weights: Weights<Name>): Parameters<Name> {
  return mapWeights(namesOf(weights), (name) => np.array(weights[name].data.slice()).reshape(weights[name].shape));
}

/** Plain numbers from arrays of the trainer, which are consumed. */
export async function toWeights<Name extends string>(parameters: Parameters<Name>): Promise<Weights<Name>> {
  const names = namesOf(parameters);
  const data = await Promise.all(names.map((name) => parameters[name].ref.data()));
  const weights = mapWeights(names, (name) => ({
    shape: parameters[name].shape,
    data: Float32Array.from(data[names.indexOf(name)]),
  }));
  names.forEach((name) => parameters[name].dispose());
  return weights;
}

/** The names of all weights, in the order that they were made in. */
export function namesOf<Name extends string>(weights: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(weights) as Name[];
}

function mapWeights<Name extends string, T>(names: readonly Name[], make: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
}
