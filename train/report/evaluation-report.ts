/**
 * The result of `make evaluate`: what was measured comes in (detector-result.ts), one record goes out, from which the page, the
 * plots, the targets and the floor are made. Nothing in it depends on the clock, so that the same model and data give the same bytes.
 */
import { z } from 'zod';
import { FAMILIES } from '#core/family.ts';
import { DETECTOR_NAMES, SPLIT_NAMES } from './names.ts';

const Share01 = z.number().min(0).max(1);

/** A figure with its 95 % interval (bootstrap by run); value null where it cannot be had, and then `reason` says why. */
export const Estimate = z.strictObject({
  value: Share01.nullable(),
  low: Share01.nullable(),
  high: Share01.nullable(),
  reason: z.string(),
});
export type Estimate = z.infer<typeof Estimate>;

/** So many of so many, with the exact 95 % interval of the share (Clopper and Pearson). */
export const Share = z.strictObject({
  successes: z.int().min(0),
  trials: z.int().min(0),
  low: Share01,
  high: Share01,
});
export type Share = z.infer<typeof Share>;

/** Seconds from the first malicious packet to the alert; null where fewer than that share of attacks were found. */
export const Delay = z.strictObject({
  attacks: z.int().min(0),
  medianS: z.number().nullable(),
  p95S: z.number().nullable(),
  neverShare: Share01.nullable(),
});
export type Delay = z.infer<typeof Delay>;

/** Figures on single windows, thresholds free. */
export const WindowFigures = z.strictObject({
  recallAt: z.array(z.strictObject({ falsePositiveRate: Share01, ...Estimate.shape })),
  /** Area under precision over recall, re-weighted to this share of attacks. */
  areas: z.array(z.strictObject({ prevalence: Share01, ...Estimate.shape })),
  /** Recall over false-positive rate, for the plot; only rates that the number of ordinary windows supports. */
  curve: z.array(z.strictObject({ falsePositiveRate: Share01, recall: Share01 })),
  /** Scores in bins of equal width between `low` and `high`, for the plot: shares of each kind of window. */
  histogram: z.strictObject({
    low: z.number(),
    high: z.number(),
    ordinary: z.array(Share01),
    attack: z.array(Share01),
  }),
});
export type WindowFigures = z.infer<typeof WindowFigures>;

/** Runs of one attack scenario at the operating budget. */
export const AttackResult = z.strictObject({
  scenario: z.string(),
  family: z.enum(FAMILIES),
  found: Share,
  /** Of the found ones, how many were called by the right family; null for a detector that names none. */
  named: Share.nullable(),
  delay: Delay,
  /** Every run's delay, ascending, null for a run in which it was not found. */
  delaysS: z.array(z.number().nullable()),
  /** The same in periods of the attack, where it has one (a beacon); empty elsewhere. */
  delaysInPeriods: z.array(z.number().nullable()),
});
export type AttackResult = z.infer<typeof AttackResult>;

/** Ordinary runs that look like an attack, at the operating budget. */
export const LookAlikeResult = z.strictObject({
  scenario: z.string(),
  /** Runs with at least one alert. */
  alerted: Share,
  alerts: z.int().min(0),
});
export type LookAlikeResult = z.infer<typeof LookAlikeResult>;

/** Runs at the operating budget: threshold from calibration, evidence gathered as when it serves. */
export const RunFigures = z.strictObject({
  found: Share,
  delay: Delay,
  falseAlerts: z.strictObject({
    alerts: z.int().min(0),
    workloadHours: z.number().min(0),
    perDay: z.number().min(0).nullable(),
    low: z.number().min(0).nullable(),
    high: z.number().min(0).nullable(),
  }),
  attacks: z.array(AttackResult),
  lookAlikes: z.array(LookAlikeResult),
});
export type RunFigures = z.infer<typeof RunFigures>;

/** One detector on one split. */
export const DetectorResult = z.strictObject({
  detector: z.enum(DETECTOR_NAMES),
  /** Null where it has no scores of windows. */
  windows: WindowFigures.nullable(),
  /** Null where it was not run as a detector with a threshold. */
  runs: RunFigures.nullable(),
});
export type DetectorResult = z.infer<typeof DetectorResult>;

/** All detectors on the same test data. */
export const SplitResult = z.strictObject({
  split: z.enum(SPLIT_NAMES),
  /** Anything that must be known to read the figures; may be empty. */
  note: z.string(),
  attackRuns: z.int().min(0),
  ordinaryRuns: z.int().min(0),
  attackWindows: z.int().min(0),
  ordinaryWindows: z.int().min(0),
  detectors: z.array(DetectorResult),
});
export type SplitResult = z.infer<typeof SplitResult>;

/** One figure of models that differ in their seed alone. */
export const OverSeeds = z.strictObject({
  split: z.enum(SPLIT_NAMES),
  detector: z.enum(DETECTOR_NAMES),
  /** In words, e.g. `recall at a false-positive rate of .1 %`. */
  figure: z.string(),
  values: z.array(z.number()),
});
export type OverSeeds = z.infer<typeof OverSeeds>;

export const EvaluationReport = z.strictObject({
  version: z.literal(1),
  subject: z.strictObject({
    /** SHA-256 of the model's file, and the version of its feature contract. */
    modelSha256: z.string(),
    contract: z.string(),
    /** The detector that the product uses. */
    product: z.enum(DETECTOR_NAMES),
    /** The operating budget: false alerts a day per 100 workloads. */
    budgetPerDay: z.number().positive(),
    /** What was learned from and what calibrated, in a sentence each. */
    training: z.string(),
    calibration: z.string(),
  }),
  splits: z.array(SplitResult),
  overSeeds: z.array(OverSeeds),
  /** What limits the figures, a sentence or two each. */
  limits: z.array(z.string()),
});
export type EvaluationReport = z.infer<typeof EvaluationReport>;

/** The result of a detector on a split; null where it was not measured. */
export function resultOf(
  report: EvaluationReport,
  split: SplitResult['split'],
  detector: DetectorResult['detector'],
): DetectorResult | null {
  const results = report.splits.find((result) => result.split === split)?.detectors ?? [];
  return results.find((result) => result.detector === detector) ?? null;
}
