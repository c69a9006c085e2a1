import { readFile } from 'node:fs/promises';
import { init, nn, numpy as np } from '@jax-js/jax';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { forward, initialWeights, toParameters, WEIGHT_NAMES } from './network.ts';
import { decodeOnnx, encodeOnnx } from './onnx-model.ts';
import { createRandom } from './random.ts';

const WINDOWS = 1000;

/** The largest difference between the trainer's and the runtime's probabilities on random windows. */
async function disparity(bytes: Uint8Array, seed: number): Promise<number> {
  await init();
  const { shape, weights } = decodeOnnx(bytes);
  const dims = [WINDOWS, shape.windowLength, shape.features];
  const random = createRandom(seed);
  const windows = Float32Array.from({ length: dims[0] * dims[1] * dims[2] }, () => random.between(-1, 2.5));

  const session = await InferenceSession.create(Buffer.from(bytes), { intraOpNumThreads: 1 });
  const served = (await session.run({ windows: new Tensor('float32', windows, dims) })).probabilities
    .data as Float32Array;
  await session.release();
  const trained = await nn.softmax(forward(toParameters(weights), np.array(windows).reshape(dims), null), 1).data();

  expect(served.length).toBe(WINDOWS * shape.classes);
  return served.reduce((most, probability, i) => Math.max(most, Math.abs(probability - trained[i])), 0);
}

test('trainer and runtime agree within 1e-4 on 1,000 random windows: a fresh network with every weight set', async () => {
  const random = createRandom(4);
  const shape = { windowLength: 7, features: 11, filters: 8, hidden: 9, dense: 6, classes: 5 };
  const weights = initialWeights(shape, random);
  for (const name of WEIGHT_NAMES) weights[name].data.forEach((_, i, data) => (data[i] += random.between(-0.5, 0.5)));
  const bytes = encodeOnnx(shape, weights);

  expect(await disparity(bytes, 1)).toBeLessThan(1e-4);
  expect(decodeOnnx(bytes)).toEqual({ shape, weights });
});

test('trainer and runtime agree within 1e-4 on 1,000 random windows: the committed model', async () => {
  expect(await disparity(await readFile('models/clstm/model.onnx'), 2)).toBeLessThan(1e-4);
});
