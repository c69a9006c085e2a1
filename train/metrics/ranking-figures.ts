import type { RankedWindows } from './ranked-windows.ts';

/** What is asked of a ranking. */
export interface RankingQuestions {
  /** Shares of ordinary windows that may be flagged, 0 to 1. */
  readonly falsePositiveRates: readonly number[];
  /** Shares of attacks among all windows, 0 to 1, to which precision is re-weighted. */
  readonly prevalences: readonly number[];
}

/** Answers, in the order of the questions; null where there is no attack or no ordinary window. */
export interface RankingFigures {
  /** Highest share of attack windows above a threshold that flags no more ordinary ones than allowed. */
  readonly recalls: readonly (number | null)[];
  /** Area under precision over recall, in steps (average precision), as if attacks were as rare as asked. */
  readonly areas: readonly (number | null)[];
}

/**
 * All figures of a ranking in one pass. Equal scores are flagged together or not at all. `weights` says how often each run
 * counts (a bootstrap sample); all once if left out.
 */
export function rankingFigures(
  { scores, attack, run, runs, attacksOfRun, ordinaryOfRun }: RankedWindows,
  { falsePositiveRates, prevalences }: RankingQuestions,
  weights: Uint16Array = new Uint16Array(runs).fill(1),
): RankingFigures {
  let attacks = 0;
  let ordinary = 0;
  for (let i = 0; i < runs; i++) {
    attacks += attacksOfRun[i] * weights[i];
    ordinary += ordinaryOfRun[i] * weights[i];
  }
  if (attacks === 0 || ordinary === 0) {
    return { recalls: falsePositiveRates.map(() => null), areas: prevalences.map(() => null) };
  }

  // Rounded up by a hair, since .1 * 30 is 3.0000000000000004 and .07 * 100 may fall short of 7.
  const allowed = falsePositiveRates.map((rate) => rate * ordinary + 1e-9);
  const recalls = falsePositiveRates.map(() => 0);
  const areas = prevalences.map(() => 0);
  let found = 0;
  let flagged = 0;
  let foundBefore = 0;
  for (let i = 0; i < scores.length; i++) {
    if (attack[i] === 1) found += weights[run[i]];
    else flagged += weights[run[i]];
    if (i + 1 < scores.length && scores[i + 1] === scores[i]) continue;
    if (found === foundBefore) continue;
    const recall = found / attacks;
    const falseRate = flagged / ordinary;
    for (let q = 0; q < allowed.length; q++) if (flagged <= allowed[q]) recalls[q] = recall;
    for (let q = 0; q < areas.length; q++) {
      const right = prevalences[q] * recall;
      areas[q] += ((found - foundBefore) / attacks) * (right / (right + (1 - prevalences[q]) * falseRate));
    }
    foundBefore = found;
  }
  return { recalls, areas };
}
