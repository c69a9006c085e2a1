import { expect, test } from 'vitest';
import type { Family } from '#core/family.ts';
import { measureScores } from './measure.ts';

/** 4,000 ordinary windows with scores 0 to 3,999, and attacks of two runs each. */
function measured(attacks: readonly (readonly [Family, number])[], ordinary = 4000) {
  const families: (Family | null)[] = [
    ...Array.from({ length: ordinary }, () => null),
    ...attacks.map(([family]) => family),
  ];
  const scores = Float32Array.from([...Array(ordinary).keys(), ...attacks.map(([, score]) => score)]);
  const run = Uint16Array.from(families, (_, i) => i % 2);
  return measureScores(scores, { families, run, scenarios: ['busy', 'busy'] });
}

test('recall is of all attacks, and of each family at the threshold of all', () => {
  const { atOneInHundred, atOneInThousand, families } = measured([
    ['syn-flood', 5000],
    ['syn-flood', 3997.5],
    ['syn-flood', 3970],
    ['beacon', 3999.5],
    ['beacon', 100],
  ]);
  expect(atOneInHundred.value).toBe(4 / 5);
  expect(atOneInThousand.value).toBe(3 / 5);
  expect(families.map(({ family, windows, recall }) => [family, windows, recall.value])).toEqual([
    ['syn-flood', 3, 2 / 3],
    ['beacon', 2, 1 / 2],
  ]);
  expect(atOneInThousand.low).not.toBeNull();
});

test('with too few ordinary windows there is no figure, but a reason', () => {
  const { atOneInHundred, atOneInThousand } = measured([['syn-flood', 5000]], 400);
  expect(atOneInHundred.value).toBe(1);
  expect(atOneInThousand).toMatchObject({ value: null, reason: '400 ordinary windows, 3000 needed (rule of three)' });
});
