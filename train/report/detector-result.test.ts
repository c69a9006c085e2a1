import { expect, test } from 'vitest';
import { measureDetector, type RunOutcome, type TestRun } from './detector-result.ts';
import { DetectorResult } from './evaluation-report.ts';

const beacon: TestRun = { scenario: 'beacon', family: 'beacon', isLookAlike: false, periodS: 10 };
const scan: TestRun = { scenario: 'port-scan', family: 'port-scan', isLookAlike: false, periodS: null };
const crowd: TestRun = { scenario: 'flash-crowd', family: null, isLookAlike: true, periodS: null };
const calm: TestRun = { scenario: 'busy-day', family: null, isLookAlike: false, periodS: null };

const outcome = (delayS: number | null, falseAlerts = 0, isNamed: boolean | null = null): RunOutcome => ({
  delayS,
  isNamed,
  falseAlerts,
  workloadHours: 12,
});

const { runs: figures } = measureDetector({
  detector: 'combined',
  runs: [scan, beacon, beacon, crowd, crowd, calm],
  outcomes: [
    outcome(2, 0, true),
    outcome(null, 1),
    outcome(40, 0, false),
    outcome(null, 2),
    outcome(null),
    outcome(null),
  ],
  windows: null,
  seed: 1,
});

test('found, delayed and never found are counted over the runs with an attack', () => {
  expect(figures?.found).toMatchObject({ successes: 2, trials: 3 });
  expect(figures?.delay).toEqual({ attacks: 3, medianS: 40, p95S: null, neverShare: 1 / 3 });
});

test('false alerts and ordinary time are summed over all runs, those with an attack too', () => {
  expect(figures?.falseAlerts).toMatchObject({ alerts: 3, workloadHours: 72, perDay: 100 });
});

test('each attack has its own row, with delays in periods where it has a period', () => {
  expect(figures?.attacks.map(({ scenario }) => scenario)).toEqual(['beacon', 'port-scan']);
  expect(figures?.attacks[0]).toMatchObject({
    family: 'beacon',
    found: { successes: 1, trials: 2 },
    named: { successes: 0, trials: 1 },
    delaysS: [40, null],
    delaysInPeriods: [4, null],
  });
  expect(figures?.attacks[1]).toMatchObject({ named: { successes: 1, trials: 1 }, delaysInPeriods: [] });
});

test('look-alikes are ordinary runs that were made to be such', () => {
  expect(figures?.lookAlikes).toMatchObject([
    { scenario: 'flash-crowd', alerted: { successes: 1, trials: 2 }, alerts: 2 },
  ]);
});

test('a detector may have scores alone', () => {
  const windows = { scores: Float32Array.of(1, 0), attack: Uint8Array.of(1, 0), run: Uint16Array.of(0, 1), runs: 2 };
  const result = measureDetector({ detector: 'quantiles', runs: [scan, calm], outcomes: null, windows, seed: 1 });
  expect(result.runs).toBeNull();
  expect(result.windows?.areas[0].value).toBe(1);
  expect(DetectorResult.parse(result)).toEqual(result);
});
