import { expect, test } from 'vitest';
import type { EvaluationReport } from './evaluation-report.ts';
import { belowFloor, EvaluationFloor, floorOf } from './floor.ts';
import { inventReport } from './invented-report.ts';

const report = inventReport(3);
const floor = floorOf(report, 'combined');

/** The report with the product's result on a split changed. */
function changed(split: string, change: (detector: EvaluationReport['splits'][number]['detectors'][number]) => void) {
  const copy = structuredClone(report);
  const detector = copy.splits
    .find((result) => result.split === split)
    ?.detectors.find((one) => one.detector === 'combined');
  if (detector) change(detector);
  return copy;
}

test('a report holds the floor that was made from it, also after the floor went through a file', () => {
  expect(Object.keys(floor.atLeast).length).toBeGreaterThan(10);
  expect(belowFloor(report, EvaluationFloor.parse(JSON.parse(JSON.stringify(floor))))).toEqual([]);
});

test('no floor rests on the random split', () => {
  expect(Object.keys({ ...floor.atLeast, ...floor.atMost }).filter((name) => name.startsWith('random/'))).toEqual([]);
});

test('one run less of a held-out attack falls below, by name and number', () => {
  const worse = changed('family-hold-out', ({ runs }) => {
    const attack = runs?.attacks.find(({ scenario }) => scenario === 'beacon');
    if (attack) attack.found.successes--;
  });
  const [shortfall, ...others] = belowFloor(worse, floor);
  expect(others).toEqual([]);
  expect(shortfall).toMatch(/^family-hold-out\/combined\/found\/beacon is 0\.\d+, at least 0\.\d+ is asked$/);
});

test('more false alerts and a longer delay fall below', () => {
  const worse = changed('run', ({ runs }) => {
    if (!runs) return;
    runs.falseAlerts.perDay = 500;
    runs.delay.medianS = 100;
  });
  expect(belowFloor(worse, floor).map((shortfall) => shortfall.split(',')[0])).toEqual([
    'run/combined/false alerts a day is 500',
    'run/combined/delay median is 100',
  ]);
});

test('a delay that became endless falls below', () => {
  const worse = changed('run', ({ runs }) => {
    if (runs) runs.delay.medianS = null;
  });
  expect(belowFloor(worse, floor)).toEqual([expect.stringMatching('^run/combined/delay median has no value')]);
});

test('a split that is no longer measured falls below, but public captures may be missing', () => {
  const without = { ...report, splits: report.splits.filter(({ split }) => split !== 'cross-lab') };
  const shortfalls = belowFloor(without, floor);
  expect(shortfalls.length).toBeGreaterThan(5);
  expect(shortfalls.every((shortfall) => shortfall.startsWith('cross-lab/'))).toBe(true);

  const withCaptures = { ...floor, atLeast: { ...floor.atLeast, 'public-captures/combined/found': 0.9 } };
  expect(belowFloor(report, withCaptures)).toEqual([]);
});
