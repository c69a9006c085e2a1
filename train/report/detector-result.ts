import type { Family } from '#core/family.ts';
import { clopperPearson } from '../metrics/interval.ts';
import { falseAlertRate } from '../metrics/false-alerts.ts';
import { summariseDelays } from '../metrics/delay.ts';
import type { WindowScores } from '../metrics/ranked-windows.ts';
import type { AttackResult, DetectorResult, LookAlikeResult, RunFigures, Share } from './evaluation-report.ts';
import type { DetectorName } from './names.ts';
import { measureWindows } from './window-figures.ts';

/** A run of the test data, whatever detector looks at it. */
export interface TestRun {
  readonly scenario: string;
  /** Null for a run without an attack. */
  readonly family: Family | null;
  /** An ordinary run that is made to look like an attack. */
  readonly isLookAlike: boolean;
  /** Seconds between two of the attack's calls, where it has a period (a beacon); else null. */
  readonly periodS: number | null;
}

/** What a detector did in a run, at the operating budget. */
export interface RunOutcome {
  /** Seconds from the first malicious packet to the first alert on an attacker or a victim; null if there was none. */
  readonly delayS: number | null;
  /** Whether that attack was called by its family; null for a detector that names none, or that did not find it. */
  readonly isNamed: boolean | null;
  /** Alerts on anybody else. */
  readonly falseAlerts: number;
  /** Ordinary time watched: the sum over workloads that are neither attacker nor victim, hours. */
  readonly workloadHours: number;
}

/** What was seen of one detector on one split. */
export interface Observations {
  readonly detector: DetectorName;
  readonly runs: readonly TestRun[];
  /** One a run, in the same order; null where the detector was not run with a threshold. */
  readonly outcomes: readonly RunOutcome[] | null;
  /** Scores of windows, `run` being an index of `runs`; null where it gives none. */
  readonly windows: WindowScores | null;
  /** Of the bootstrap. */
  readonly seed: number;
}

/** All figures of one detector on one split. */
export function measureDetector({ detector, runs, outcomes, windows, seed }: Observations): DetectorResult {
  const kinds = runs.map(({ scenario }) => scenario);
  return {
    detector,
    windows: windows && measureWindows(windows, { kinds, seed }),
    runs: outcomes && measureRuns(runs, outcomes),
  };
}

/** `successes` of `trials`, with its exact interval. */
export function shareOf(successes: number, trials: number): Share {
  return { successes, trials, ...clopperPearson(successes, trials) };
}

interface JudgedRun extends TestRun, RunOutcome {}

function measureRuns(runs: readonly TestRun[], outcomes: readonly RunOutcome[]): RunFigures {
  const judged: JudgedRun[] = runs.map((run, i) => ({ ...run, ...outcomes[i] }));
  const attacked = judged.filter(({ family }) => family !== null);
  const sum = (of: (run: JudgedRun) => number) => judged.reduce((total, run) => total + of(run), 0);
  return {
    found: foundOf(attacked),
    delay: summariseDelays(attacked.map(({ delayS }) => delayS)),
    falseAlerts: falseAlertRate(
      sum(({ falseAlerts }) => falseAlerts),
      sum(({ workloadHours }) => workloadHours),
    ),
    attacks: byScenario(attacked).map(attackResult),
    lookAlikes: byScenario(judged.filter(({ isLookAlike }) => isLookAlike)).map(lookAlikeResult),
  };
}

function attackResult([scenario, runs]: readonly [string, readonly JudgedRun[]]): AttackResult {
  const delaysS = runs.map(({ delayS }) => delayS).toSorted(compareDelays);
  const named = runs.filter(({ isNamed }) => isNamed !== null);
  return {
    scenario,
    family: runs[0].family ?? 'unknown',
    found: foundOf(runs),
    named: named.length > 0 ? shareOf(named.filter(({ isNamed }) => isNamed).length, named.length) : null,
    delay: summariseDelays(delaysS),
    delaysS,
    delaysInPeriods: runs
      .flatMap(({ delayS, periodS }) => (periodS === null ? [] : [delayS === null ? null : delayS / periodS]))
      .toSorted(compareDelays),
  };
}

function lookAlikeResult([scenario, runs]: readonly [string, readonly JudgedRun[]]): LookAlikeResult {
  return {
    scenario,
    alerted: shareOf(runs.filter(({ falseAlerts }) => falseAlerts > 0).length, runs.length),
    alerts: runs.reduce((sum, { falseAlerts }) => sum + falseAlerts, 0),
  };
}

function foundOf(runs: readonly JudgedRun[]): Share {
  return shareOf(runs.filter(({ delayS }) => delayS !== null).length, runs.length);
}

function byScenario(runs: readonly JudgedRun[]): (readonly [string, JudgedRun[]])[] {
  return [...Map.groupBy(runs, ({ scenario }) => scenario)].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function compareDelays(a: number | null, b: number | null): number {
  if (a === b) return 0;
  return (a ?? Infinity) < (b ?? Infinity) ? -1 : 1;
}
