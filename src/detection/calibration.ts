import { z } from 'zod';

/** What benign windows of one side look like to the model. */
export const SideCalibration = z.strictObject({
  /** Scores of benign windows kept out of training, highest first. */
  scores: z.array(z.number().min(0).max(1)).min(1),
  /** The score above which a judgement counts. */
  threshold: z.number().min(0).max(1),
  /** Per feature, in the contract's order: the benign median in its own unit, and the spread (1.4826 MAD) once scaled. */
  usual: z.array(z.strictObject({ median: z.number(), spread: z.number().min(0) })),
});
export type SideCalibration = z.infer<typeof SideCalibration>;

export const Calibration = z.strictObject({
  /** SHA-256 of the model file these scores came from. */
  modelSha256: z.string(),
  contractHash: z.string(),
  client: SideCalibration,
  server: SideCalibration,
});
export type Calibration = z.infer<typeof Calibration>;

/**
 * Split conformal p-value (Vovk et al. 2005): the share of benign windows that score at least as high, this one
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
