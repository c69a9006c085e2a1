import { expect, test } from 'vitest';
import { measureDetector, type RunOutcome, type TestRun } from './detector-result.ts';
import type { EvaluationReport } from './evaluation-report.ts';
import type { DetectorName, SplitName } from './names.ts';
import { bestOn, judgeTargets } from './targets.ts';

const run = (scenario: string, family: TestRun['family'], periodS: number | null = null): TestRun => ({
  scenario,
  family,
  isLookAlike: scenario === 'flash-crowd',
  periodS,
});
const outcome = (delayS: number | null, falseAlerts = 0, workloadHours = 1): RunOutcome => ({
  delayS,
  isNamed: null,
  falseAlerts,
  workloadHours,
});

type Result = readonly [SplitName, DetectorName, readonly (readonly [TestRun, RunOutcome])[]];

function reportOf(...results: readonly Result[]): EvaluationReport {
  const splits = [...Map.groupBy(results, ([split]) => split)].map(([split, group]) => ({
    split,
    note: '',
    attackRuns: 0,
    ordinaryRuns: 0,
    attackWindows: 0,
    ordinaryWindows: 0,
    detectors: group.map(([, detector, pairs]) =>
      measureDetector({
        detector,
        runs: pairs.map(([one]) => one),
        outcomes: pairs.map(([, one]) => one),
        windows: null,
        seed: 1,
      }),
    ),
  }));
  const subject = {
    modelSha256: '',
    contract: '',
    product: 'combined' as const,
    budgetPerDay: 1,
    training: '',
    calibration: '',
  };
  return { version: 1, subject, splits, overSeeds: [], limits: [] };
}

/** Whether the target whose words hold `words` is met, and what was reached. */
function judged(report: EvaluationReport, words: string) {
  const target = judgeTargets(report).find(({ asked }) => asked.includes(words));
  return [target?.isMet, target?.reached];
}

const scan = run('port-scan', 'port-scan');
const crowd = run('flash-crowd', null);

test('what was not measured is open, not met', () => {
  expect(judgeTargets(reportOf()).every(({ isMet }) => isMet === null)).toBe(true);
});

test('recall of .99 takes 99 of 100 runs', () => {
  const found = (count: number) =>
    reportOf([
      'run',
      'combined',
      Array.from({ length: 100 }, (_, i) => [scan, outcome(i < count ? 1 : null)] as const),
    ]);
  expect(judged(found(99), 'recall at least .99')[0]).toBe(true);
  expect(judged(found(98), 'recall at least .99')[0]).toBe(false);
});

test('no false alert in little time proves nothing: the target stays open until the interval is below the budget', () => {
  const clean = (hours: number, alerts = 0) => reportOf(['run', 'combined', [[crowd, outcome(null, alerts, hours)]]]);
  expect(judged(clean(100), 'false alert a day')).toEqual([
    null,
    expect.stringContaining('to prove it takes 8,853 hours without one'),
  ]);
  expect(judged(clean(9000), 'false alert a day')[0]).toBe(true);
  expect(judged(clean(9000, 5), 'false alert a day')[0]).toBe(false);
});

test('look-alikes may raise one alert in 100 runs', () => {
  const crowds = (alerts: number) =>
    reportOf([
      'run',
      'combined',
      Array.from({ length: 100 }, (_, i) => [crowd, outcome(null, i < alerts ? 1 : 0)] as const),
    ]);
  expect(judged(crowds(1), 'look-alikes')).toEqual([true, '1 in 100 runs']);
  expect(judged(crowds(2), 'look-alikes')[0]).toBe(false);
});

test('delays are judged by family, known and held out together; one in ten never found is too late', () => {
  const scans = Array.from({ length: 9 }, () => [scan, outcome(4)] as const);
  const slow = run('slow-read', 'slow-dos');
  const fine = reportOf(['run', 'combined', scans], ['family-hold-out', 'combined', [[slow, outcome(29)]]]);
  expect(judged(fine, 'floods, scans')).toEqual([true, '4 s (9 runs)']);
  expect(judged(fine, 'slow attacks')).toEqual([true, '29 s (1 runs)']);
  expect(judged(reportOf(['run', 'combined', [...scans, [scan, outcome(null)]]]), 'floods, scans')[0]).toBe(false);
});

test('beacons are judged in their own periods', () => {
  const beacons = (delayS: number) =>
    reportOf(['family-hold-out', 'combined', [[run('beacon', 'beacon', 30), outcome(delayS)]]]);
  expect(judged(beacons(300), 'beacons')).toEqual([true, '1 of 1']);
  expect(judged(beacons(301), 'beacons')).toEqual([false, '0 of 1']);
});

test('a baseline that finds as much is not beaten, and is named', () => {
  const one = (delayS: number | null) => [[scan, outcome(delayS)]] as const;
  const tie = reportOf(['cross-lab', 'combined', one(1)], ['cross-lab', 'random-forest', one(1)]);
  expect(judged(tie, 'cross-lab')).toEqual([false, '1 against 1 of random-forest (runs found)']);
  const won = reportOf(['cross-lab', 'combined', one(1)], ['cross-lab', 'random-forest', one(null)]);
  expect(judged(won, 'cross-lab')[0]).toBe(true);
  expect(bestOn(won, 'cross-lab', ['random-forest', 'combined'])).toMatchObject({ detector: 'combined', value: 1 });
  expect(bestOn(won, 'run', ['combined'])).toBeNull();
});
