import { beforeEach, expect, test } from 'vitest';
import { mulberry32 } from '../../lab/mulberry32.ts';
import { createDrift, type DriftEvent, type DriftOptions } from './drift.ts';
import { DriftRecord } from './drift-record.ts';

const START_US = 1_750_000_000e6;
const MINUTE_US = 60e6;

let events: DriftEvent[];
let nowUs: number;
let next: () => number;
beforeEach(() => {
  events = [];
  nowUs = START_US;
  next = mulberry32(1);
});

const open = (changes: Partial<DriftOptions> = {}) =>
  createDrift({ basis: 'model 1', delta: 0.002, onDrift: (event) => events.push(event), ...changes });

/** So many minutes with 20 windows each. */
function pass(drift: ReturnType<typeof createDrift>, minutes: number, score: () => number): void {
  for (let minute = 0; minute < minutes; minute++) {
    for (let i = 0; i < 20; i++) {
      drift.observeScore('client', score(), nowUs);
      drift.observeScore('server', 0.01, nowUs);
      nowUs += MINUTE_US / 20;
    }
  }
}

test('two weeks of the same are told to nobody', () => {
  const drift = open();
  pass(drift, 14 * 1440, () => 0.05 * next());
  expect(events).toEqual([]);
  expect(drift.state().client).toMatchObject({ reference: null, since: null, drifted: false, drifts: 0 });
  expect(drift.state().client.mean).toBeCloseTo(0.025, 3);
  expect(drift.state().server.mean).toBeCloseTo(0.01, 6);
});

test('a mean that moves is told once, with since when and what to do, and once more when it is back', () => {
  const drift = open();
  pass(drift, 1440, () => 0.05 * next());
  const changedUs = nowUs;
  pass(drift, 120, () => 0.1 + 0.05 * next());
  expect(events.map(({ stream, drifted }) => [stream, drifted])).toEqual([['client', true]]);
  expect(events[0].message).toMatch(/^Ordinary windows of clients score .* since 2025-.*kubesecure model recalibrate/);
  pass(drift, 600, () => 0.1 + 0.05 * next());
  const { mean, reference, since, drifted, drifts } = drift.state().client;
  expect([drifted, drifts]).toEqual([true, 1]);
  expect(mean).toBeCloseTo(0.125, 2);
  expect(reference).toBeCloseTo(0.025, 2);
  expect(Math.abs((since ?? 0) - changedUs)).toBeLessThan(15 * MINUTE_US);
  expect(drift.state().server.drifted).toBe(false);

  pass(drift, 3 * 1440, () => 0.05 * next());
  expect(events.map((event) => event.drifted)).toEqual([true, false]);
  expect(drift.state().client).toMatchObject({ drifted: false, drifts: 1 });
});

test('a mean that moves by less than matters is not told', () => {
  const drift = open();
  for (let day = 0; day < 4; day++) {
    pass(drift, 720, () => 0.01 * next());
    pass(drift, 720, () => 0.01 + 0.01 * next());
  }
  expect(events).toEqual([]);
});

test('alerts that come more often are told, and when they are as rare again', () => {
  const drift = open();
  const alertEvery = (hours: number) => {
    for (let hour = 0; hour < hours; hour++) {
      drift.observeAlert();
      pass(drift, 60, () => 0.01);
    }
  };
  pass(drift, 60 * 50, () => 0.01);
  alertEvery(15);
  expect(events.map(({ stream, drifted }) => [stream, drifted])).toEqual([['alerts', true]]);
  expect(events[0].message).toMatch(/^Alerts come at 1 an hour since .*, before at 0\./);
  pass(drift, 60 * 60, () => 0.01);
  expect(events.map(({ stream, drifted }) => [stream, drifted])).toEqual([
    ['alerts', true],
    ['alerts', false],
  ]);
});

test('what is no number, or comes from the past, or after a long silence, does no harm', () => {
  const drift = open();
  pass(drift, 100, () => 0.01);
  drift.observeScore('client', NaN, nowUs);
  drift.observeScore('client', Infinity, nowUs - 1000 * MINUTE_US);
  nowUs += 1e6 * 3600e6;
  pass(drift, 100, () => 0.01);
  expect(events).toEqual([]);
  expect(drift.record().alerts.rate.hours).toBeLessThan(10);
});

test('after a restart it goes on where it was; with another model or calibration it begins anew', () => {
  const drift = open();
  pass(drift, 1000, () => 0.05 * next());
  const kept = DriftRecord.parse(JSON.parse(JSON.stringify(drift.record())));
  const again = open({ earlier: kept });
  expect(again.state()).toEqual(drift.state());
  pass(again, 100, () => 0.2);
  expect(events).toHaveLength(1);
  expect(open({ earlier: kept, basis: 'model 2' }).state().client.mean).toBeNull();
});
