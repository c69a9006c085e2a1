import { numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { WINDOW_LENGTH } from '../examples.ts';
import { toParameters } from '../network.ts';
import { createRandom } from '../random.ts';
import { VARIANTS } from './variants.ts';

const { features } = FEATURE_CONTRACT;
const shape = { windowLength: WINDOW_LENGTH, features: features.length, filters: 4, hidden: 4, dense: 4, classes: 3 };
const random = createRandom(5);
const window = Float32Array.from({ length: WINDOW_LENGTH * features.length }, () => random.between(-1, 2));

/** Which changes of the window change what the variant says of it. */
const CHANGES = [
  ...Array.from({ length: WINDOW_LENGTH }, (_, step) => (own: number) => own === step),
  ...(['flow', 'cic', 'context'] as const).map((source) => (_: number, feature: number) => {
    return features[feature].source === source;
  }),
];

async function dependencies(name: string) {
  const variant = VARIANTS.find((candidate) => candidate.name === name);
  if (variant === undefined) throw new Error(`no variant ${name}`);
  const windows = [
    window,
    ...CHANGES.map((is) =>
      window.map((value, i) => (is(Math.floor(i / features.length), i % features.length) ? value + 1 : value)),
    ),
  ];
  const inputs = np.array(Float32Array.from(windows.flatMap((own) => [...own])));
  const weights = toParameters(variant.network.initialWeights(shape, createRandom(1)));
  const dims = [windows.length, WINDOW_LENGTH, features.length];
  const logits = await variant.network.forward(weights, inputs.reshape(dims), null).data();
  const said = windows.map((_, i) => String(logits.subarray(i * shape.classes, (i + 1) * shape.classes)));
  const matters = CHANGES.map((_, i) => said[i + 1] !== said[0]);
  const steps = [...matters.keys()].filter((i) => i < WINDOW_LENGTH && matters[i]);
  const sources = ['flow', 'cic', 'context'].filter((_, i) => matters[WINDOW_LENGTH + i]);
  return { steps: steps.length, newest: steps.at(-1), sources };
}

const all = ['flow', 'cic', 'context'];

test.each([
  ['full', 16, all],
  ['without-context', 16, ['flow', 'cic']],
  ['without-flow', 16, ['flow', 'context']],
  ['length-1', 1, all],
  ['length-4', 4, all],
  ['length-8', 8, all],
  ['without-convolution', 16, all],
  ['without-lstm', 16, all],
  ['without-inventions', 16, all],
])('%s looks at the newest %i reports, and there at %s', async (name, steps, sources) => {
  expect(await dependencies(name)).toEqual({ steps, newest: 15, sources });
});

test('every variant is named once, the whole model first', () => {
  expect(new Set(VARIANTS.map(({ name }) => name)).size).toBe(VARIANTS.length);
  expect(VARIANTS[0].name).toBe('full');
});
