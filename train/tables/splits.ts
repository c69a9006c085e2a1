import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import type { RunFacts } from './table-format.ts';

/**
 * Ways to part the runs. `seed`: lab a by seed. `hold-out`: the same, but scenarios of the list are for evaluation only.
 * `cross-lab`: learn in lab a, evaluate in lab b. `time`: lab a, evaluate on what was made last. `random`: lab a, by
 * window instead of by run, which flatters a model (optimistic). `shipped`: both labs by seed.
 */
export const PROTOCOLS = ['seed', 'hold-out', 'cross-lab', 'time', 'random', 'shipped'] as const;
export type SplitProtocol = (typeof PROTOCOLS)[number];

/** What a run is for; `unused`: the protocol leaves it out. */
export type SplitPart = 'training' | 'calibration' | 'evaluation' | 'unused';

/** The file `data/splits.json`: made before a model was trained, and not changed after. */
export const Splits = z.strictObject({
  /** Last digits of the seeds of each part. */
  seeds: z
    .strictObject({
      training: z.array(z.int().min(0).max(9)),
      calibration: z.array(z.int().min(0).max(9)),
      evaluation: z.array(z.int().min(0).max(9)),
    })
    .refine((parts) => new Set(Object.values(parts).flat()).size === 10 && Object.values(parts).flat().length === 10, {
      error: 'each last digit must be in one part',
    }),
  /** Scenarios, and kinds of inventions, that `hold-out` keeps from training and calibration. */
  heldOut: z.array(z.string()),
  /** `time`: runs that began from this moment on are for evaluation, microseconds since the epoch; null: not set yet. */
  evaluationFromUs: z.number().positive().nullable(),
  random: z.strictObject({
    seed: z.int(),
    /** Share of windows for evaluation. */
    evaluationShare: z.number().min(0).max(1),
  }),
});
export type Splits = z.infer<typeof Splits>;

/** Reads the file. Throws `bad-input` naming it where it is missing or wrong. */
export function readSplits(path = 'data/splits.json'): Splits {
  try {
    return Splits.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new KubeSecureError('bad-input', `while reading the splits ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * What the run is for. `by-window`: its windows go different ways, see randomPartOf; only with `random`, where runs for
 * calibration are still whole. Throws `bad-input` for `time` while no moment is set.
 */
export function splitOf(
  run: Pick<RunFacts, 'scenario' | 'seed' | 'lab' | 'startUs'>,
  protocol: SplitProtocol,
  splits: Splits,
): SplitPart | 'by-window' {
  const bySeed = partOfSeed(run.seed, splits);
  if (protocol === 'shipped') return bySeed;
  if (protocol === 'cross-lab') {
    if (run.lab === 'b') return 'evaluation';
    return bySeed === 'evaluation' ? 'unused' : bySeed;
  }
  if (run.lab === 'b') return 'unused';
  if (protocol === 'hold-out' && splits.heldOut.includes(run.scenario)) return 'evaluation';
  if (protocol === 'time') return partByTime(run.startUs, bySeed, splits);
  if (protocol === 'random' && bySeed !== 'calibration') return 'by-window';
  return bySeed;
}

/** `random`: the part of a window, by the ordinal of its newest row in the run's capture of that name. */
export function randomPartOf(run: string, ordinal: number, splits: Splits): 'training' | 'evaluation' {
  const { seed, evaluationShare } = splits.random;
  const drawn = createHash('sha256').update(`${seed} ${run} ${ordinal}`).digest().readUInt32LE(0) / 2 ** 32;
  return drawn < evaluationShare ? 'evaluation' : 'training';
}

function partOfSeed(seed: number, { seeds }: Splits): 'training' | 'calibration' | 'evaluation' {
  if (seeds.training.includes(seed % 10)) return 'training';
  return seeds.calibration.includes(seed % 10) ? 'calibration' : 'evaluation';
}

/** Before the moment no run is for evaluation: those of evaluation's seeds teach too. */
function partByTime(startUs: number, bySeed: SplitPart, { evaluationFromUs }: Splits): SplitPart {
  if (evaluationFromUs === null) {
    throw new KubeSecureError('bad-input', 'while parting runs by time: data/splits.json sets no evaluationFromUs');
  }
  if (startUs >= evaluationFromUs) return 'evaluation';
  return bySeed === 'calibration' ? 'calibration' : 'training';
}
