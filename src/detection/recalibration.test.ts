import { expect, test } from 'vitest';
import { forEachClass } from '#core/entity-class.ts';
import type { BenignClass, BenignRecord } from './benign-record.ts';
import { Calibration, type ClassCalibration } from './calibration.ts';
import type { CalibrationInUse } from './calibration-store.ts';
import { recalibrate } from './recalibration.ts';

const BUDGET = { falseAlertsPerDay: 10, workloads: 10 };

/** A thousand hours of which every tenth had an episode, up to `most` nats. */
function scores(most: number): ClassCalibration['model'] {
  const episodes = Array.from({ length: 100 }, (_, i) => (most * (100 - i)) / 100);
  return { scores: [0.3, 0.2, 0.1], episodes };
}

function inUse(): CalibrationInUse {
  const usual = [{ median: 1, spread: 2 }];
  const classes = forEachClass(() => ({ model: scores(10), novelty: scores(10), usual }));
  const hours = forEachClass(() => 1000);
  const calibration = Calibration.parse({ modelSha256: 'm', contractHash: 'c', hours, classes });
  return { calibration, version: null, notice: null };
}

function seen(changes: Partial<BenignClass>): BenignClass {
  return { model: scores(20), novelty: scores(10), flagged: { model: [], novelty: [] }, hours: 1000, ...changes };
}

function recordOf(classes: BenignRecord['classes']): BenignRecord {
  const since = '2026-01-01T00:00:00.000Z';
  return { modelSha256: 'm', contractHash: 'c', since, until: '2026-02-01T00:00:00.000Z', classes };
}

test('a class takes the recorded numbers, and keeps what is usual', () => {
  const { classes, hours, changes } = recalibrate(inUse(), recordOf({ client: seen({}) }), 'attacks', BUDGET);
  expect(classes.client).toEqual({ model: scores(20), novelty: scores(10), usual: [{ median: 1, spread: 2 }] });
  expect(hours.client).toBe(1000);
  const [client, ...others] = changes;
  const [model, novelty] = client.detectors;
  expect(model.newThreshold).toBeCloseTo(2 * model.oldThreshold, 6);
  expect(model.oldAlertsPerDay).toBeGreaterThan(model.newAlertsPerDay);
  expect(model.newAlertsPerDay).toBeLessThanOrEqual(BUDGET.falseAlertsPerDay);
  expect(novelty).toMatchObject({ newThreshold: novelty.oldThreshold });
  expect(others.every(({ kept }) => kept === 'none were seen')).toBe(true);
  expect(classes['server-web']).toEqual(inUse().calibration.classes['server-web']);
});

test('a class with fewer than 24 workload-hours keeps its numbers and its hours, and says so', () => {
  const record = recordOf({ client: seen({ hours: 23.99 }), 'server-dns': seen({ hours: 24 }) });
  const { classes, hours, changes } = recalibrate(inUse(), record, 'attacks', BUDGET);
  expect(classes.client).toEqual(inUse().calibration.classes.client);
  expect([hours.client, hours['server-dns']]).toEqual([1000, 24]);
  expect(changes[0].kept).toBe('24.0 workload-hours are too few, at least 24 are needed');
  expect(changes[1].kept).toBeNull();
});

test('flagged hours count only where a person says that they were ordinary', () => {
  const record = recordOf({ client: seen({ flagged: { model: [40, 60, 50], novelty: [] } }) });
  const left = recalibrate(inUse(), record, 'attacks', BUDGET);
  const counted = recalibrate(inUse(), record, 'ordinary', BUDGET);
  expect(left.classes.client.model.episodes[0]).toBe(20);
  expect(counted.classes.client.model.episodes.slice(0, 4)).toEqual([60, 50, 40, 20]);
  expect(left.changes[0].flagged).toBe(3);
  expect(counted.changes[0].detectors[0].newThreshold).toBeGreaterThan(left.changes[0].detectors[0].newThreshold);
});

test('too few hours for the budget are said to be extrapolated', () => {
  const record = recordOf({ client: seen({}) });
  const [{ detectors }] = recalibrate(inUse(), record, 'attacks', { falseAlertsPerDay: 0.01, workloads: 100 }).changes;
  expect(detectors.map(({ extrapolated }) => extrapolated)).toEqual([true, true]);
});
