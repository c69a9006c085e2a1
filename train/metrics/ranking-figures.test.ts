import { expect, test } from 'vitest';
import { rankingFigures } from './ranking-figures.ts';
import { rankWindows } from './ranked-windows.ts';

/** A ranking from pairs of score and kind: `a` for attack, `o` for ordinary; all of run 0 unless said otherwise. */
function ranking(windows: readonly (readonly [number, 'a' | 'o'])[], run: readonly number[] = windows.map(() => 0)) {
  return rankWindows({
    scores: Float32Array.from(windows, ([score]) => score),
    attack: Uint8Array.from(windows, ([, kind]) => (kind === 'a' ? 1 : 0)),
    run: Uint16Array.from(run),
    runs: Math.max(...run) + 1,
  });
}

const mixed = ranking([
  [0.2, 'o'],
  [0.9, 'a'],
  [0.8, 'o'],
  [0.7, 'a'],
  [0.6, 'a'],
  [0.5, 'o'],
  [0.4, 'a'],
  [0.1, 'o'],
]);

test('windows are ranked from the highest score down, infinite ones too', () => {
  expect(
    ranking([
      [1, 'o'],
      [Infinity, 'a'],
      [-Infinity, 'o'],
      [Infinity, 'o'],
    ]).scores,
  ).toEqual(Float32Array.of(Infinity, Infinity, 1, -Infinity));
  expect([mixed.attacks, mixed.ordinary]).toEqual([4, 4]);
});

test('a score that is not a number is refused', () => {
  expect(() =>
    ranking([
      [1, 'a'],
      [NaN, 'o'],
    ]),
  ).toThrow('the score of window 1 is NaN');
});

test('recall counts the attacks above as many ordinary windows as are allowed', () => {
  const { recalls } = rankingFigures(mixed, { falsePositiveRates: [0, 0.24, 0.25, 0.5, 1], prevalences: [] });
  expect(recalls).toEqual([0.25, 0.25, 0.75, 1, 1]);
});

test('equal scores are flagged together: an attack that ties with an ordinary window costs it', () => {
  const tied = ranking([
    [1, 'a'],
    [1, 'o'],
    [0, 'o'],
    [2, 'a'],
  ]);
  expect(rankingFigures(tied, { falsePositiveRates: [0, 0.5], prevalences: [] }).recalls).toEqual([0.5, 1]);
});

test('the allowed number of ordinary windows is not lost to rounding', () => {
  const hundred = ranking([
    ...Array.from({ length: 7 }, () => [2, 'o'] as const),
    [1, 'a'],
    ...Array.from({ length: 93 }, () => [0, 'o'] as const),
  ]);
  const { recalls } = rankingFigures(hundred, { falsePositiveRates: [0.07, 0.0699], prevalences: [] });
  expect(recalls).toEqual([1, 0]);
});

test('the area under precision over recall is average precision, re-weighted to the prevalence', () => {
  // Recall and false-positive rate at each attack: (1/4, 0), (2/4, 1/4), (3/4, 1/4), (1, 2/4).
  const byHand = (prevalence: number) =>
    [
      [1 / 4, 0],
      [2 / 4, 1 / 4],
      [3 / 4, 1 / 4],
      [1, 2 / 4],
    ]
      .map(([recall, rate]) => (prevalence * recall) / (prevalence * recall + (1 - prevalence) * rate) / 4)
      .reduce((sum, part) => sum + part);
  const { areas } = rankingFigures(mixed, { falsePositiveRates: [], prevalences: [0.5, 0.01, 0.001] });
  expect(areas[0]).toBeCloseTo((1 + 2 / 3 + 3 / 4 + 2 / 3) / 4, 12);
  expect(areas[1]).toBeCloseTo(byHand(0.01), 12);
  expect(areas[2]).toBeCloseTo(byHand(0.001), 12);
});

test('a perfect ranking has an area of 1 at any prevalence, one that tells nothing that of the prevalence', () => {
  const perfect = ranking([
    [2, 'a'],
    [1, 'o'],
    [0, 'o'],
  ]);
  const blind = ranking([
    [1, 'a'],
    [1, 'o'],
    [1, 'o'],
  ]);
  expect(rankingFigures(perfect, { falsePositiveRates: [], prevalences: [0.001] }).areas).toEqual([1]);
  expect(rankingFigures(blind, { falsePositiveRates: [], prevalences: [0.001] }).areas[0]).toBeCloseTo(0.001, 12);
});

test('a run that counts twice is as good as its windows twice, one that counts zero times as none', () => {
  const windows = [
    [3, 'a'],
    [2, 'o'],
    [1, 'a'],
    [0, 'o'],
  ] as const;
  const questions = { falsePositiveRates: [0.4], prevalences: [0.1] };
  const weighted = rankingFigures(ranking(windows, [0, 0, 1, 2]), questions, Uint16Array.of(1, 2, 0));
  const repeated = rankingFigures(
    ranking([
      [3, 'a'],
      [2, 'o'],
      [1, 'a'],
      [1, 'a'],
    ]),
    questions,
  );
  expect(weighted).toEqual(repeated);
});

test('without attacks or without ordinary windows there is no figure', () => {
  const questions = { falsePositiveRates: [0.01], prevalences: [0.01] };
  expect(rankingFigures(ranking([[1, 'a']]), questions)).toEqual({ recalls: [null], areas: [null] });
  expect(rankingFigures(ranking([[1, 'o']]), questions)).toEqual({ recalls: [null], areas: [null] });
});
