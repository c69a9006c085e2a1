import type { BenignRecord } from '#detection/benign-record.ts';
import type { Why } from '#detection/calibration-store.ts';
import { DRIFT_STREAMS, type DriftStream, type StreamDrift } from '#detection/drift.ts';
import type { ClassChange, DetectorChange } from '#detection/recalibration.ts';

/** A calibration by its number; null is the one of the model. */
export function calibrationName(version: number | null): string {
  return version === null ? 'the one that came with the model' : `calibration ${version}`;
}

/** Hours by class: "client 120.5, server-web 40". */
export function hoursWords(hours: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(hours)
    .map(([name, value = 0]) => `${name} ${Number(value.toFixed(1))}`)
    .join(', ');
}

/** What was recorded for the next calibration. */
export function recordLines(record: BenignRecord | null): string[] {
  if (record === null) return ['record         none yet: `kubesecure up` records while it runs'];
  const hours = Object.fromEntries(Object.entries(record.classes).map(([name, seen]) => [name, seen.hours]));
  const flagged = Object.values(record.classes).map((seen) =>
    Math.max(seen.flagged.model.length, seen.flagged.novelty.length),
  );
  return [
    `record         from ${record.since} to ${record.until}`,
    `               workload-hours ${hoursWords(hours)}`,
    `               flagged hours of an entity, kept apart: ${flagged.reduce((sum, count) => sum + count, 0)}`,
  ];
}

/** Where each stream stands, as the last run saw it. */
export function driftLines(states: Readonly<Record<DriftStream, StreamDrift>> | null): string[] {
  if (states === null) return ['drift          not known: `kubesecure up` watches while it runs'];
  return DRIFT_STREAMS.map(
    (stream, i) => `${i === 0 ? 'drift' : '     '}          ${streamWords(stream, states[stream])}`,
  );
}

/** Old and new thresholds of every class, and what they would have meant. */
export function changeLines(changes: readonly ClassChange[], workloads: number): string[] {
  const head = columns('class', 'by', 'hours', 'threshold', 'new', `alerts/day per ${workloads}`, 'new');
  const rows = changes.flatMap((change) => {
    if (change.kept !== null) return [`${change.class.padEnd(13)} keeps its numbers: ${change.kept}`];
    return change.detectors.map((detector) => detectorLine(change, detector));
  });
  const isExtrapolated = changes.some(({ detectors }) => detectors.some(({ extrapolated }) => extrapolated));
  const note = '~ the hours are too few for the budget: the threshold rests on the shape of the tail';
  return [head, ...rows, ...(isExtrapolated ? [note] : [])];
}

/** One version in a list; `why` is a reason where it cannot be read. */
export function versionLine(version: number, isCurrent: boolean, why: Why | string): string {
  const start = `${isCurrent ? '*' : ' '}  ${String(version).padEnd(7)}`;
  if (typeof why === 'string') return `${start}  cannot be read: ${why}`;
  const from = why.from === null ? 'shipped' : String(why.from);
  return `${start}  ${why.at}  ${why.who}  from ${from}, workload-hours ${hoursWords(why.hours)}: ${why.reason}`;
}

function streamWords(stream: DriftStream, { mean, since, drifted, reference }: StreamDrift): string {
  const what = stream === 'alerts' ? 'alerts an hour' : `mean score of ${stream}s`;
  if (mean === null) return `${what}: not known yet`;
  const now = `${what}: ${mean.toPrecision(2)}`;
  if (!drifted || since === null || reference === null) return `${now}, no drift`;
  return `${now}, DRIFTED since ${new Date(since / 1000).toISOString()} (before ${reference.toPrecision(2)})`;
}

function detectorLine({ class: name, hours }: ClassChange, change: DetectorChange): string {
  return columns(
    name,
    change.detector,
    hours.toFixed(1),
    change.oldThreshold.toFixed(2),
    `${change.extrapolated ? '~' : ''}${change.newThreshold.toFixed(2)}`,
    change.oldAlertsPerDay.toFixed(2),
    change.newAlertsPerDay.toFixed(2),
  );
}

function columns(name: string, detector: string, ...numbers: readonly string[]): string {
  const widths = [9, 10, 8, 20, 8];
  return `${name.padEnd(13)} ${detector.padEnd(8)}${numbers.map((text, i) => text.padStart(widths[i] ?? 8)).join('')}`;
}
