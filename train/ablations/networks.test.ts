import { numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { fit } from '../fit.ts';
import { CLSTM, type Network, type NetworkShape, toParameters, type Weight, type Weights } from '../network.ts';
import { createRandom } from '../random.ts';
import { onlySeeing, WITHOUT_CONVOLUTION, WITHOUT_LSTM } from './networks.ts';

const shape: NetworkShape = { windowLength: 4, features: 6, filters: 5, hidden: 3, dense: 4, classes: 3 };
const random = createRandom(2);

/** Weights of which none is 0. */
function roughWeights(network: Network<string>): Weights<string> {
  const weights = network.initialWeights(shape, random);
  for (const { data } of Object.values(weights)) data.forEach((_, i) => (data[i] += random.between(-0.5, 0.5)));
  return weights;
}

function draw(): number[][] {
  return Array.from({ length: shape.windowLength }, () =>
    Array.from({ length: shape.features }, () => random.between(-1, 2)),
  );
}

async function logitsOf(network: Network<string>, weights: Weights<string>, window: number[][]): Promise<number[]> {
  const windows = np.array(Float32Array.from(window.flat())).reshape([1, shape.windowLength, shape.features]);
  return Array.from(await network.forward(toParameters(weights), windows, null).data());
}

/** Row times matrix plus bias, in plain numbers. */
function affine(row: readonly number[], { shape: [, columns], data }: Weight, bias: Weight): number[] {
  return Array.from({ length: columns }, (_, column) =>
    row.reduce((sum, value, i) => sum + value * data[i * columns + column], bias.data[column]),
  );
}

const relu = (row: readonly number[]) => row.map((value) => Math.max(0, value));
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

function decision(w: Weights<string>, state: readonly number[]): number[] {
  return affine(relu(affine(state, w.dense, w.denseBias)), w.head, w.headBias);
}

function convolution(rows: readonly number[][], weight: Weight, bias: Weight): number[][] {
  const none = rows[0].map(() => 0);
  return rows.map((row, i) =>
    relu(affine([...(rows.at(i - 1) && i > 0 ? rows[i - 1] : none), ...row, ...(rows[i + 1] ?? none)], weight, bias)),
  );
}

function recurrence(w: Weights<string>, rows: readonly number[][]): number[] {
  let state = Array.from({ length: shape.hidden }, () => 0);
  let cell = [...state];
  const nothing = { shape: [4 * shape.hidden], data: new Float32Array(4 * shape.hidden) };
  for (const row of rows) {
    const fromState = affine(state, w.lstmState, nothing);
    const gates = affine(row, w.lstmInput, w.lstmBias).map((value, i) => value + fromState[i]);
    const [input, output, forget, candidate] = [0, 1, 2, 3].map((gate) =>
      gates.slice(gate * shape.hidden, (gate + 1) * shape.hidden),
    );
    cell = cell.map((value, i) => sigmoid(forget[i]) * value + sigmoid(input[i]) * Math.tanh(candidate[i]));
    state = cell.map((value, i) => sigmoid(output[i]) * Math.tanh(value));
  }
  return state;
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 4));
}

test('the network and its variants compute what plain loops compute', async () => {
  const window = draw();
  const whole = roughWeights(CLSTM);
  const convolved = (w: Weights<string>) =>
    convolution(convolution(window, w.conv1, w.conv1Bias), w.conv2, w.conv2Bias);
  expectClose(await logitsOf(CLSTM, whole, window), decision(whole, recurrence(whole, convolved(whole))));

  const noConvolution = roughWeights(WITHOUT_CONVOLUTION);
  expectClose(
    await logitsOf(WITHOUT_CONVOLUTION, noConvolution, window),
    decision(noConvolution, recurrence(noConvolution, window)),
  );

  const noLstm = roughWeights(WITHOUT_LSTM);
  const rows = convolved(noLstm);
  const mean = rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
  expectClose(await logitsOf(WITHOUT_LSTM, noLstm, window), decision(noLstm, mean));
});

test('inputs that are not seen change nothing, others do', async () => {
  const weights = roughWeights(CLSTM);
  const blind = onlySeeing(CLSTM, (step, feature) => step >= 2 && feature !== 4);
  const window = draw();
  const before = await logitsOf(blind, weights, window);

  const elsewhere = window.map((row, step) =>
    row.map((value, feature) => (step < 2 || feature === 4 ? value + 3 : value)),
  );
  expect(await logitsOf(blind, weights, elsewhere)).toEqual(before);
  expect(await logitsOf(CLSTM, weights, elsewhere)).not.toEqual(await logitsOf(CLSTM, weights, window));
  const seen = window.map((row, step) =>
    row.map((value, feature) => (step === 2 && feature === 3 ? value + 3 : value)),
  );
  expect(await logitsOf(blind, weights, seen)).not.toEqual(before);
  const zeroed = window.map((row, step) => row.map((value, feature) => (step < 2 || feature === 4 ? 0 : value)));
  expectClose(before, await logitsOf(CLSTM, weights, zeroed));
});

/** Windows of two classes that one feature of the oldest report tells apart, among features that are noise. */
function lessons(count: number) {
  const features = 14;
  const inputs = Float32Array.from({ length: count * 2 * features }, () => random.between(0.2, 1));
  const classes = Uint8Array.from({ length: count }, (_, i) => i % 2);
  for (let i = 0; i < count; i++) inputs[i * 2 * features + 13] = classes[i] === 1 ? 2 : -2;
  for (let report = 0; report < count * 2; report++) inputs[report * features] = 1;
  return { count, inputs, classes };
}

test.each([
  ['without convolutions', WITHOUT_CONVOLUTION, true],
  ['without the LSTM', WITHOUT_LSTM, true],
  ['blind to what tells classes apart', onlySeeing(WITHOUT_LSTM, (step) => step === 1), false],
] as const)('a network %s learns only from what it sees', async (_, network, learns) => {
  const losses: number[] = [];
  const weights = await fit(network, {
    shape: { windowLength: 2, features: 14, filters: 4, hidden: 4, dense: 4, classes: 2 },
    data: lessons(512),
    settings: { epochs: 12, batch: 64, learningRate: 0.03, dropout: 0, classWeights: [1, 1] },
    random: createRandom(3),
    onEpoch: (_epoch, loss) => losses.push(loss),
  });
  expect(Object.keys(weights)).toEqual(Object.keys(network.initialWeights(shape, random)));
  expect(weights[network.entry.name].shape[0]).toBe(14 * network.entry.reports);
  if (learns) expect(losses.at(-1)).toBeLessThan(0.45);
  else expect(losses.at(-1)).toBeGreaterThan(0.6);
});
