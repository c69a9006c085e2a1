import { numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { FAMILIES, type Family } from '#core/family.ts';
import { CLSTM, toParameters } from '../network.ts';
import { createRandom } from '../random.ts';
import { attackLogOdds, scoreWindows } from './score-windows.ts';

const odds = (probability: number) => Math.log(probability / (1 - probability));

test('log odds are those of the probability that is put on families that can be', () => {
  const logits = [0.5, 1, 2].map((weight) => Math.log(weight));
  expect(attackLogOdds(logits, () => true)).toBeCloseTo(odds(3 / 3.5), 12);
  expect(attackLogOdds(logits, (family) => family === 0)).toBeCloseTo(odds(1 / 3.5), 12);
  expect(attackLogOdds(logits, () => false)).toBe(-Infinity);
});

test('windows that are surely attacks are still told apart', () => {
  expect(attackLogOdds([0, 60], () => true)).toBeGreaterThan(attackLogOdds([0, 50], () => true));
});

test('every window gets its own score, beyond the first batch as well', async () => {
  const shape = { windowLength: 2, features: 3, filters: 4, hidden: 4, dense: 4, classes: 3 };
  const families: Family[] = ['syn-flood', 'udp-flood'];
  const random = createRandom(1);
  const weights = CLSTM.initialWeights(shape, random);
  const count = 700;
  const inputs = Float32Array.from({ length: count * 6 }, () => random.between(-1, 2));
  const plausible = Uint32Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? ~0 : 1 << FAMILIES.indexOf('udp-flood'),
  );

  const scores = await scoreWindows(CLSTM, { shape, weights, families }, { inputs, count, plausible });
  const windows = np.array(inputs).reshape([count, 2, 3]);
  const logits = await CLSTM.forward(toParameters(weights), windows, null).data();
  expect(scores.length).toBe(count);
  for (let i = 0; i < count; i++) {
    const own = Array.from(logits.subarray(i * 3, i * 3 + 3));
    expect(scores[i]).toBeCloseTo(
      attackLogOdds(own, (family) => i % 2 === 0 || family === 1),
      4,
    );
  }
});
