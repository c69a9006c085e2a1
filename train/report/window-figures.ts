import { bootstrapByRun, type BootstrapOptions } from '../metrics/bootstrap.ts';
import { rankingFigures } from '../metrics/ranking-figures.ts';
import { rankWindows, type RankedWindows, type WindowScores } from '../metrics/ranked-windows.ts';
import type { Estimate, WindowFigures } from './evaluation-report.ts';

const FALSE_POSITIVE_RATES = [0.01, 0.001, 0.0001];
const PREVALENCES = [0.01, 0.001];
/** Rates of the curve, four a decade. */
const CURVE_RATES = Array.from({ length: 17 }, (_, i) => Number((10 ** (i / 4 - 4)).toPrecision(3)));
const BINS = 40;

/** All figures on single windows, with intervals by run. */
export function measureWindows(windows: WindowScores, bootstrap: BootstrapOptions): WindowFigures {
  const ranked = rankWindows(windows);
  const questions = { falsePositiveRates: FALSE_POSITIVE_RATES, prevalences: PREVALENCES };
  const { recalls, areas } = rankingFigures(ranked, questions);
  const intervals = bootstrapByRun((weights) => {
    const sample = rankingFigures(ranked, questions, weights);
    return [...sample.recalls, ...sample.areas];
  }, bootstrap);
  const estimate = (value: number | null, figure: number, reason: string): Estimate => {
    if (reason !== '' || value === null) return { value: null, low: null, high: null, reason };
    return { value, low: intervals[figure]?.low ?? null, high: intervals[figure]?.high ?? null, reason };
  };

  return {
    recallAt: FALSE_POSITIVE_RATES.map((falsePositiveRate, i) => ({
      falsePositiveRate,
      ...estimate(recalls[i], i, whyNoRecall(ranked, falsePositiveRate)),
    })),
    areas: PREVALENCES.map((prevalence, i) => ({
      prevalence,
      ...estimate(areas[i], FALSE_POSITIVE_RATES.length + i, whyNothing(ranked)),
    })),
    curve: curveOf(ranked),
    histogram: histogramOf(ranked),
  };
}

/** Ordinary windows that it takes to speak of this rate: with none flagged of n, up to 3 / n may be (rule of three). */
export function windowsNeeded(falsePositiveRate: number): number {
  return Math.ceil(3 / falsePositiveRate - 1e-9);
}

function whyNothing({ attacks, ordinary }: RankedWindows): string {
  if (attacks === 0) return 'no window of an attack';
  return ordinary === 0 ? 'no ordinary window' : '';
}

function whyNoRecall(ranked: RankedWindows, rate: number): string {
  const needed = windowsNeeded(rate);
  if (ranked.ordinary >= needed) return whyNothing(ranked);
  return `${ranked.ordinary} ordinary windows, ${needed} needed (rule of three)`;
}

function curveOf(ranked: RankedWindows): WindowFigures['curve'] {
  const falsePositiveRates = CURVE_RATES.filter((rate) => ranked.ordinary >= windowsNeeded(rate));
  const { recalls } = rankingFigures(ranked, { falsePositiveRates, prevalences: [] });
  return falsePositiveRates.flatMap((falsePositiveRate, i) => {
    const recall = recalls[i];
    return recall === null ? [] : [{ falsePositiveRate, recall }];
  });
}

/** Between the .1 % and the 99.9 % quantile of all scores; what is beyond counts into the outer bins. */
function histogramOf({ scores, attack, attacks, ordinary }: RankedWindows): WindowFigures['histogram'] {
  const cut = Math.floor(scores.length / 1000);
  const finite = scores.filter((score) => Number.isFinite(score));
  const high = finite.length > 0 ? (finite[Math.min(cut, finite.length - 1)] ?? 0) : 0;
  const low = finite.length > 0 ? finite[Math.max(0, finite.length - 1 - cut)] : 0;
  const width = (high - low) / BINS || 1;
  const counts = [new Uint32Array(BINS), new Uint32Array(BINS)];
  for (let i = 0; i < scores.length; i++) {
    counts[attack[i]][Math.min(BINS - 1, Math.max(0, Math.floor((scores[i] - low) / width)))]++;
  }
  const [ordinaryShares, attackShares] = counts.map((bins, kind) =>
    Array.from(bins, (count) => Number((count / Math.max(1, kind === 1 ? attacks : ordinary)).toPrecision(4))),
  );
  return { low, high, ordinary: ordinaryShares, attack: attackShares };
}
