import type { Family } from '#core/family.ts';
import { summariseDelays } from '../metrics/delay.ts';
import { workloadHoursNeeded } from '../metrics/false-alerts.ts';
import { BASELINE_NAMES } from '../baselines/baseline.ts';
import type { AttackResult, DetectorResult, EvaluationReport, RunFigures } from './evaluation-report.ts';
import { resultOf } from './evaluation-report.ts';
import { formatDelay, formatNumber, formatShare } from './format.ts';
import type { DetectorName, SplitName } from './names.ts';

/** What was promised, beside what was reached. */
export interface Target {
  readonly asked: string;
  readonly reached: string;
  /** Null where it was not measured. */
  readonly isMet: boolean | null;
}

const SLOW: readonly Family[] = ['slow-dos'];
const FAST: readonly Family[] = [
  'syn-flood',
  'udp-flood',
  'icmp-flood',
  'http-flood',
  'port-scan',
  'host-sweep',
  'brute-force',
];

/** Judges the product's figures against what it is asked to reach. */
export function judgeTargets(report: EvaluationReport): Target[] {
  const { product, budgetPerDay } = report.subject;
  const known = resultOf(report, 'run', product)?.runs ?? null;
  const heldOut = resultOf(report, 'family-hold-out', product)?.runs ?? null;
  const attacks = [...(known?.attacks ?? []), ...(heldOut?.attacks ?? [])];
  return [
    recallTarget('unseen runs of known attacks: recall at least .99', known, 0.99),
    falseAlertTarget(known, budgetPerDay),
    recallTarget('attacks held out of training: recall at least .80', heldOut, 0.8),
    ...(heldOut?.attacks ?? []).map((attack) =>
      recallTarget(`held out, ${attack.scenario}: at least .80`, attack, 0.8),
    ),
    lookAlikeTarget(known),
    delayTarget('floods, scans, guessing: p95 of the delay at most 5 s', attacks, FAST, 5),
    delayTarget('slow attacks: p95 of the delay at most 30 s', attacks, SLOW, 30),
    periodTarget(attacks),
    baselineTarget(report, 'family-hold-out', product),
    baselineTarget(report, 'cross-lab', product),
  ];
}

/**
 * The best detector of a split among these: by runs found at the operating budget where all have that, else by windows at a
 * false-positive rate of .1 %. The first of the list wins a tie. Null where nothing was measured.
 */
export function bestOn(report: EvaluationReport, split: SplitName, among: readonly DetectorName[]) {
  const results = among.map((detector) => resultOf(report, split, detector)).filter((result) => result !== null);
  const byRuns = results.map((result) => ({ detector: result.detector, value: foundShare(result) }));
  const byWindows = results.map((result) => ({ detector: result.detector, value: windowRecall(result) }));
  const isByRuns = results.length > 0 && byRuns.every(({ value }) => value !== null);
  const ranked = (isByRuns ? byRuns : byWindows).flatMap(({ detector, value }) =>
    value === null ? [] : [{ detector, value }],
  );
  const [best] = ranked.toSorted((a, b) => b.value - a.value);
  return best ? { ...best, measure: isByRuns ? 'runs found' : 'windows found at .1 %', all: ranked } : null;
}

function recallTarget(asked: string, figures: Pick<RunFigures, 'found'> | null, least: number): Target {
  if (!figures || figures.found.trials === 0) return { asked, reached: 'not measured', isMet: null };
  return { asked, reached: formatShare(figures.found), isMet: figures.found.successes / figures.found.trials >= least };
}

function falseAlertTarget(known: RunFigures | null, budgetPerDay: number): Target {
  const asked = `there, at most ${formatNumber(budgetPerDay)} false alert a day per 100 workloads`;
  const { perDay, high, alerts, workloadHours } = known?.falseAlerts ?? {
    perDay: null,
    high: null,
    alerts: 0,
    workloadHours: 0,
  };
  if (perDay === null || high === null) return { asked, reached: 'not measured', isMet: null };
  const seen = `${alerts} in ${formatNumber(workloadHours)} workload-hours: ${formatNumber(perDay)} a day, at most ${formatNumber(high)}`;
  if (perDay > budgetPerDay) return { asked, reached: seen, isMet: false };
  // No alert in a short time proves nothing: the target is met only where the interval says so.
  return high <= budgetPerDay
    ? { asked, reached: seen, isMet: true }
    : {
        asked,
        reached: `${seen}; to prove it takes ${formatNumber(workloadHoursNeeded(budgetPerDay))} hours without one`,
        isMet: null,
      };
}

function lookAlikeTarget(known: RunFigures | null): Target {
  const asked = 'look-alikes: at most 1 alert per 100 runs';
  const runs = known?.lookAlikes.reduce((sum, { alerted }) => sum + alerted.trials, 0) ?? 0;
  const alerts = known?.lookAlikes.reduce((sum, result) => sum + result.alerts, 0) ?? 0;
  if (runs === 0) return { asked, reached: 'not measured', isMet: null };
  return { asked, reached: `${alerts} in ${runs} runs`, isMet: alerts <= runs / 100 };
}

function delayTarget(
  asked: string,
  attacks: readonly AttackResult[],
  families: readonly Family[],
  mostS: number,
): Target {
  const delays = attacks.filter(({ family }) => families.includes(family)).flatMap(({ delaysS }) => delaysS);
  if (delays.length === 0) return { asked, reached: 'not measured', isMet: null };
  const { p95S } = summariseDelays(delays);
  return { asked, reached: `${formatDelay(p95S)} (${delays.length} runs)`, isMet: p95S !== null && p95S <= mostS };
}

function periodTarget(attacks: readonly AttackResult[]): Target {
  const asked = 'beacons: within 10 periods';
  const periods = attacks.flatMap(({ delaysInPeriods }) => delaysInPeriods);
  if (periods.length === 0) return { asked, reached: 'not measured', isMet: null };
  const soon = periods.filter((count) => count !== null && count <= 10).length;
  return { asked, reached: `${soon} of ${periods.length}`, isMet: soon === periods.length };
}

function baselineTarget(report: EvaluationReport, split: SplitName, product: DetectorName): Target {
  const asked = `${split}: better than every baseline`;
  const best = bestOn(report, split, [product, ...BASELINE_NAMES]);
  const own = best?.all.find(({ detector }) => detector === product);
  const rivals = best?.all.filter(({ detector }) => detector !== product) ?? [];
  if (!best || !own || rivals.length === 0) return { asked, reached: 'not measured', isMet: null };
  const [rival] = rivals.toSorted((a, b) => b.value - a.value);
  return {
    asked,
    reached: `${formatNumber(own.value)} against ${formatNumber(rival.value)} of ${rival.detector} (${best.measure})`,
    isMet: own.value > rival.value,
  };
}

function foundShare({ runs }: DetectorResult): number | null {
  return runs && runs.found.trials > 0 ? runs.found.successes / runs.found.trials : null;
}

function windowRecall({ windows }: DetectorResult): number | null {
  return windows?.recallAt.find(({ falsePositiveRate }) => falsePositiveRate === 0.001)?.value ?? null;
}
