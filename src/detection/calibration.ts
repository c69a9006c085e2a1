import { z } from 'zod';
import { ENTITY_CLASSES } from '#core/entity-class.ts';

/** What one detector (the model, or novelty) said of ordinary traffic that it was not made from. */
export const ScoreRecord = z.strictObject({
  /** Scores of windows, highest first. */
  scores: z.array(z.number().min(0)),
  /** The most evidence that each entity gathered in each hour, where it gathered any; highest first. */
  episodes: z.array(z.number().min(0)),
});
export type ScoreRecord = z.infer<typeof ScoreRecord>;

/** What ordinary entities of one class look like. */
export const ClassCalibration = z.strictObject({
  model: ScoreRecord,
  novelty: ScoreRecord,
  /** Per feature, in the contract's order: the median in its own unit, and the spread (1.4826 MAD) once scaled. */
  usual: z.array(z.strictObject({ median: z.number(), spread: z.number().min(0) })),
});
export type ClassCalibration = z.infer<typeof ClassCalibration>;

export const Calibration = z.strictObject({
  /** SHA-256 of the model file these scores came from. */
  modelSha256: z.string(),
  contractHash: z.string(),
  /** Hours of ordinary traffic behind each class, those of all workloads together. */
  hours: z.record(z.enum(ENTITY_CLASSES), z.number().min(0)),
  classes: z.record(z.enum(ENTITY_CLASSES), ClassCalibration),
});
export type Calibration = z.infer<typeof Calibration>;

/** How many false alerts an operator puts up with. */
export interface AlertBudget {
  readonly falseAlertsPerDay: number;
  /** The workloads that share it. */
  readonly workloads: number;
}

export interface EvidenceThreshold {
  readonly evidence: number;
  /** The budget is smaller than the calibration's hours can show: the threshold rests on the tail's shape. */
  readonly extrapolated: boolean;
}

/** Split the budget evenly: each class is judged by the model and by novelty. */
const SHARES = 2 * ENTITY_CLASSES.length;
/** The tail is fitted to this part of the episodes, the highest, and to at least so many. */
const TAIL_PART = 0.2;
const LEAST_TAIL = 10;
/** What stands for the mean excess where there are too few episodes to tell: a nat and a half. */
const USUAL_EXCESS = 1.5;
/** However calm the calibration was, less evidence than this is never enough: odds of 50 to 1. */
const LEAST_EVIDENCE = Math.log(50);

/**
 * The evidence that ordinary entities reach no more often than the budget allows. Where the hours behind the calibration
 * can show so small a rate it is the episode of that rank; where they cannot, the tail is taken to be exponential, as
 * that of a random walk which is held at zero (Siegmund 1985), with the mean excess of the highest episodes.
 */
export function thresholdFor(
  { episodes }: Pick<ScoreRecord, 'episodes'>,
  workloadHours: number,
  { falseAlertsPerDay, workloads }: AlertBudget,
): EvidenceThreshold {
  const perHour = falseAlertsPerDay / (24 * workloads) / SHARES;
  const allowed = perHour * workloadHours;
  if (allowed >= 1) {
    const evidence = Math.max(LEAST_EVIDENCE, episodes[Math.floor(allowed)] ?? 0);
    return { evidence, extrapolated: false };
  }
  const count = Math.min(episodes.length, Math.max(LEAST_TAIL, Math.floor(episodes.length * TAIL_PART)));
  const tail = episodes.slice(0, count);
  const base = tail.at(-1) ?? 0;
  const excess = tail.reduce((sum, value) => sum + value - base, 0) / Math.max(1, count - 1);
  const meanExcess = count < LEAST_TAIL ? Math.max(USUAL_EXCESS, excess) : excess;
  const evidence = base + meanExcess * Math.log(Math.max(1, count) / Math.max(allowed, 1e-9));
  return { evidence: Math.max(LEAST_EVIDENCE, evidence), extrapolated: true };
}

/** False alerts a day that the calibration's hours can vouch for without extrapolation, for that many workloads. */
export function smallestBudget(workloadHours: number, workloads: number): number {
  return (24 * workloads * SHARES) / Math.max(workloadHours, 1e-9);
}

/**
 * Split conformal p-value (Vovk et al. 2005): the share of ordinary windows that score at least as high, this one
 * included. Never below 1 / (n + 1): n windows cannot support a smaller claim.
 */
export function pValueOf(score: number, descendingScores: readonly number[]): number {
  let low = 0;
  let high = descendingScores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (descendingScores[middle] >= score) low = middle + 1;
    else high = middle;
  }
  return (low + 1) / (descendingScores.length + 1);
}
