import { numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { createLanes } from './lanes.ts';
import { CLSTM, toParameters } from './network.ts';
import { createRandom } from './random.ts';

const shape = { windowLength: 3, features: 5, filters: 4, hidden: 4, dense: 3, classes: 2 };
const random = createRandom(1);
const weights = CLSTM.initialWeights(shape, random);
const lanes = createLanes(CLSTM, shape.features);

test('weights that were filled up come back as they were', () => {
  expect(lanes.width).toBe(8);
  expect(lanes.widen(weights).conv1.shape).toEqual([24, 4]);
  expect(lanes.narrow(lanes.widen(weights))).toEqual(weights);
});

test('features that fill whole instructions stay as they are', () => {
  const whole = CLSTM.initialWeights({ ...shape, features: 8 }, createRandom(1));
  expect(createLanes(CLSTM, 8).widen(whole)).toEqual(whole);
});

test('a network that was filled up says the same of windows that were filled up', async () => {
  const windows = 6;
  const narrow = Float32Array.from({ length: windows * 15 }, () => random.between(-1, 2));
  const wide = new Float32Array(windows * 24);
  for (let row = 0; row < windows * 3; row++) wide.set(narrow.subarray(row * 5, row * 5 + 5), row * 8);

  const said = await CLSTM.forward(toParameters(weights), np.array(narrow).reshape([windows, 3, 5]), null).data();
  const filled = toParameters(lanes.widen(weights)) as ReturnType<typeof toParameters<keyof typeof weights>>;
  const saidOfWide = await CLSTM.forward(filled, np.array(wide).reshape([windows, 3, 8]), null).data();
  said.forEach((logit, i) => expect(saidOfWide[i]).toBeCloseTo(logit, 5));
});
