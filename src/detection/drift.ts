/**
 * In: the scores of ordinary windows, and every alert. Out: a notice when what is ordinary no longer looks as it did.
 * Nothing is relearned here: that takes an operator's word. Owns a window for each stream, of bounded size.
 */
import { addValue, meanOf } from './adwin.ts';
import { addHour, alertsPerHour, newAlertRate } from './alert-rate.ts';
import type { DriftRecord, StreamMemory } from './drift-record.ts';

export const DRIFT_STREAMS = ['client', 'server', 'alerts'] as const;
export type DriftStream = (typeof DRIFT_STREAMS)[number];

/** Where one stream stands: `client` and `server` in mean score (0 to 1), `alerts` in alerts an hour. */
export interface StreamDrift {
  /** Since nothing changed; null before there is anything to tell. */
  readonly mean: number | null;
  /** Before the first change; null while there was none. */
  readonly reference: number | null;
  /** Packet time since which the mean is what it is, microseconds since the epoch; null while nothing changed. */
  readonly since: number | null;
  /** It is not what it was: until it comes back, or somebody recalibrates. */
  readonly drifted: boolean;
  /** How many times it went away. */
  readonly drifts: number;
}

export interface DriftEvent {
  readonly stream: DriftStream;
  /** False: it is back where it was. */
  readonly drifted: boolean;
  readonly before: number;
  readonly after: number;
  readonly sinceUs: number;
  /** The same in words for an operator, with what to do. */
  readonly message: string;
}

export interface Drift {
  /** The score of a window that nobody flagged, 0 to 1. What is no number is left out. */
  observeScore(side: 'client' | 'server', score: number, atUs: number): void;
  /** An alert was opened; it counts for the hour of the newest score. */
  observeAlert(): void;
  state(): Readonly<Record<DriftStream, StreamDrift>>;
  /** All that is known, to be kept over a restart; some kB of JSON. */
  record(): DriftRecord;
}

export interface DriftOptions {
  /** Names the model and the calibration in use: with others it begins anew. */
  readonly basis: string;
  /** Small: rarely a false notice. The chance in one step of ADWIN (a bound), and about that in a day of alerts. */
  readonly delta: number;
  readonly onDrift: (event: DriftEvent) => void;
  /** A mean that moves by less than this is no drift: nights differ from days. In score. */
  readonly leastShift?: number;
  /** The record of an earlier run; one with another basis is not used. */
  readonly earlier?: DriftRecord | null;
}

/** Scores of a minute are one value: windows of one moment resemble each other, and load must not count. */
const MINUTE_US = 60e6;
const HOUR_US = 3600e6;
const LEAST_SHIFT = 0.02;
/** An hour counts for the rate of alerts if it was watched for most of its minutes. */
const MOST_MINUTES = 45;
/** After a change of the rate of alerts, hours until it may be called over. */
const LEAST_HOURS_BACK = 24;

export function createDrift(options: DriftOptions): Drift {
  const { basis, delta, onDrift, earlier, leastShift = LEAST_SHIFT } = options;
  const record = earlier?.basis === basis ? structuredClone(earlier) : newRecord(basis);
  const minutes = { client: newMinute(), server: newMinute() };
  let hour = { startUs: -Infinity, minutes: new Set<number>(), alerts: 0 };

  function observeScore(side: 'client' | 'server', score: number, atUs: number): void {
    if (Number.isNaN(score)) return;
    const minute = minutes[side];
    // Time that runs backwards stays in the minute that there is.
    if (atUs >= minute.startUs + MINUTE_US) {
      endMinute(side);
      minute.startUs = atUs;
      countMinute(atUs);
    }
    minute.count++;
    minute.sum += Math.min(1, Math.max(0, score));
  }

  function endMinute(side: 'client' | 'server'): void {
    const minute = minutes[side];
    const { count, sum, startUs } = minute;
    minute.count = 0;
    minute.sum = 0;
    if (count === 0) return;
    const memory = record[side];
    const cut = addValue(memory.window, sum / count, startUs, delta);
    if (cut === null) return;
    memory.reference ??= cut.before;
    const isAway = Math.abs(cut.after - memory.reference) >= leastShift;
    settle(side, memory, isAway, cut.after, cut.since);
  }

  function countMinute(atUs: number): void {
    if (atUs >= hour.startUs + HOUR_US) {
      endHour();
      hour = { startUs: atUs, minutes: new Set(), alerts: 0 };
    }
    hour.minutes.add(Math.floor((atUs - hour.startUs) / MINUTE_US));
  }

  function endHour(): void {
    if (hour.minutes.size < MOST_MINUTES) return;
    const memory = record.alerts;
    const before = alertsPerHour(memory.rate);
    if (addHour(memory.rate, hour.alerts, delta)) {
      const { risingHours, risingAlerts } = memory.rate;
      memory.rate = newAlertRate();
      memory.reference ??= before;
      settle('alerts', memory, true, risingAlerts / risingHours, hour.startUs - (risingHours - 1) * HOUR_US);
      return;
    }
    const now = alertsPerHour(memory.rate);
    if (!memory.drifted || memory.reference === null || memory.rate.hours < LEAST_HOURS_BACK) return;
    if (now <= memory.reference + Math.sqrt(Math.max(memory.reference, 0.25)) / 2) {
      settle('alerts', memory, false, now, hour.startUs - (memory.rate.hours - 1) * HOUR_US);
    }
  }

  /** Tells only what is news: that a stream went away, or came back. */
  function settle(stream: DriftStream, memory: StreamMemory, drifted: boolean, after: number, sinceUs: number): void {
    memory.sinceUs = sinceUs;
    if (drifted === memory.drifted) return;
    memory.drifted = drifted;
    if (drifted) memory.drifts++;
    const fact = { stream, drifted, before: memory.reference ?? after, after, sinceUs };
    onDrift({ ...fact, message: driftMessage(fact) });
  }

  return {
    observeScore,
    observeAlert: () => {
      hour.alerts++;
    },
    state: () => statesOf(record),
    record: () => structuredClone(record),
  };
}

/** Where the streams of a record stand. */
export function statesOf({ client, server, alerts }: DriftRecord): Record<DriftStream, StreamDrift> {
  return {
    client: stateOf(client, client.window.length === 0 ? null : meanOf(client.window)),
    server: stateOf(server, server.window.length === 0 ? null : meanOf(server.window)),
    alerts: stateOf(alerts, alerts.rate.hours === 0 ? null : alertsPerHour(alerts.rate)),
  };
}

function stateOf({ reference, sinceUs, drifted, drifts }: StreamMemory, mean: number | null): StreamDrift {
  return { mean, reference, since: sinceUs, drifted, drifts };
}

function driftMessage({ stream, drifted, before, after, sinceUs }: Omit<DriftEvent, 'message'>): string {
  const since = `since ${new Date(sinceUs / 1000).toISOString()}`;
  const change =
    stream === 'alerts'
      ? `Alerts come at ${amount(after)} an hour ${since}, before at ${amount(before)}.`
      : `Ordinary windows of ${stream}s score ${amount(after)} on average ${since}, before ${amount(before)}.`;
  if (!drifted) return `${change} That is about what it was: no drift any more.`;
  return (
    `${change} The calibration may no longer fit. Look at the traffic first; ` +
    'if it is ordinary, `kubesecure model recalibrate` makes it the new measure.'
  );
}

function amount(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function newRecord(basis: string): DriftRecord {
  const memory = { reference: null, sinceUs: null, drifted: false, drifts: 0 };
  return {
    basis,
    client: { ...memory, window: [] },
    server: { ...memory, window: [] },
    alerts: { ...memory, rate: newAlertRate() },
  };
}

function newMinute() {
  return { startUs: -Infinity, count: 0, sum: 0 };
}
