/** The file that results are gathered in, one training after the other, so that an interrupted ablation goes on. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { FAMILIES } from '#core/family.ts';
import { Estimate } from '../report/evaluation-report.ts';
import { PROTOCOLS } from '../tables/splits.ts';

/** Recall on test windows; thresholds at which so many ordinary windows are flagged. */
export const AblationFigures = z.strictObject({
  atOneInHundred: Estimate,
  atOneInThousand: Estimate,
  /** At one in a thousand. */
  families: z.array(z.strictObject({ family: z.enum(FAMILIES), windows: z.int().min(1), recall: Estimate })),
});
export type AblationFigures = z.infer<typeof AblationFigures>;

/** One training and what came of it. */
export const AblationResult = z.strictObject({
  variant: z.string(),
  seed: z.int(),
  /** Windows that it learned from. */
  windows: z.int().min(1),
  /** Mean loss of the last epoch. */
  loss: z.number(),
  /** Of the training alone, seconds: by the clock, and of the processor. */
  wallS: z.number(),
  cpuS: z.number(),
  figures: AblationFigures,
});
export type AblationResult = z.infer<typeof AblationResult>;

/** What all results of a file have in common; a training under other circumstances belongs into another file. */
export const Circumstances = z.strictObject({
  protocol: z.enum(PROTOCOLS),
  epochs: z.int().min(1),
  inventions: z.int().min(0),
  contractHash: z.string(),
  trainingWindows: z.int(),
  trainingSha256: z.string(),
  testRuns: z.int(),
  testWindows: z.int(),
  /** Of them ordinary ones. */
  ordinaryWindows: z.int(),
  testSha256: z.string(),
});
export type Circumstances = z.infer<typeof Circumstances>;

export const AblationResults = z.strictObject({
  version: z.literal(1),
  circumstances: Circumstances,
  results: z.array(AblationResult),
});
export type AblationResults = z.infer<typeof AblationResults>;

/** What the file holds; nothing yet where there is none. Throws `bad-input` for a damaged file, or one of other circumstances. */
export function readResults(path: string | undefined, circumstances: Circumstances): AblationResult[] {
  if (path === undefined || !existsSync(path)) return [];
  let stored: AblationResults;
  try {
    stored = AblationResults.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new KubeSecureError('bad-input', `while reading ${path}: ${reasonOf(error)}`, { cause: error });
  }
  const differs = (Object.keys(circumstances) as (keyof Circumstances)[]).find((name) => {
    return stored.circumstances[name] !== circumstances[name];
  });
  if (differs !== undefined) {
    const what = `its ${differs} is ${stored.circumstances[differs]}, now it is ${circumstances[differs]}`;
    throw new KubeSecureError('bad-input', `while going on with ${path}: ${what}; name another file`);
  }
  return stored.results;
}

/** Replaces the file as a whole, so that it is never cut short. */
export function writeResults(path: string, circumstances: Circumstances, results: readonly AblationResult[]): void {
  const file: AblationResults = { version: 1, circumstances, results: [...results] };
  writeFileSync(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
