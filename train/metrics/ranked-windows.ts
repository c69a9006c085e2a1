import { KubeSecureError } from '#core/error.ts';

/** Scores of the windows of several runs, in any order. */
export interface WindowScores {
  /** Higher for more of an attack. */
  readonly scores: Float32Array;
  /** 1 for a window of an attack, 0 for an ordinary one. */
  readonly attack: Uint8Array;
  /** Which run each window comes from, 0 to `runs` - 1. */
  readonly run: Uint16Array;
  readonly runs: number;
}

/** Windows from the highest score down. */
export interface RankedWindows {
  readonly scores: Float32Array;
  readonly attack: Uint8Array;
  readonly run: Uint16Array;
  readonly runs: number;
  readonly attacks: number;
  readonly ordinary: number;
  /** The same by run. */
  readonly attacksOfRun: Uint32Array;
  readonly ordinaryOfRun: Uint32Array;
}

/** Sorts windows by their score. Throws `bad-input` for a score that is not a number. */
export function rankWindows({ scores, attack, run, runs }: WindowScores): RankedWindows {
  const missing = scores.findIndex((score) => Number.isNaN(score));
  if (missing >= 0)
    throw new KubeSecureError('bad-input', `while ranking windows: the score of window ${missing} is NaN`);

  const order = Uint32Array.from(scores.keys()).toSorted((a, b) => compareScores(scores[b], scores[a]) || a - b);
  const attacks = attack.reduce((sum, value) => sum + value, 0);
  const attacksOfRun = new Uint32Array(runs);
  const ordinaryOfRun = new Uint32Array(runs);
  for (let i = 0; i < scores.length; i++) (attack[i] === 1 ? attacksOfRun : ordinaryOfRun)[run[i]]++;
  return {
    scores: Float32Array.from(order, (window) => scores[window]),
    attack: Uint8Array.from(order, (window) => attack[window]),
    run: Uint16Array.from(order, (window) => run[window]),
    runs,
    attacks,
    ordinary: scores.length - attacks,
    attacksOfRun,
    ordinaryOfRun,
  };
}

/** Also for infinite scores, whose difference is not a number. */
function compareScores(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}
