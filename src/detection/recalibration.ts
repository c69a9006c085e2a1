import { type EntityClass, ENTITY_CLASSES } from '#core/entity-class.ts';
import type { BenignClass, BenignRecord } from './benign-record.ts';
import { type AlertBudget, type ClassCalibration, thresholdFor } from './calibration.ts';
import type { CalibrationInUse } from './calibration-store.ts';

/** What an operator says the flagged hours of the record were. */
export type FlaggedMeaning = 'attacks' | 'ordinary';

/** Fewer hours of all workloads together say too little about a class. */
export const LEAST_WORKLOAD_HOURS = 24;

/** One class before and after, in evidence; `hours` and what it had in it. */
export interface ClassChange {
  readonly class: EntityClass;
  /** Null: it takes the new numbers. Else why it keeps the old ones. */
  readonly kept: string | null;
  readonly hours: number;
  readonly flagged: number;
  readonly detectors: readonly DetectorChange[];
}

export interface DetectorChange {
  readonly detector: 'model' | 'novelty';
  readonly oldThreshold: number;
  readonly newThreshold: number;
  /** The new one rests on the tail's shape, for the hours are few. */
  readonly extrapolated: boolean;
  /** Hours of an entity in the record that reach the old and the new threshold, for a day of the budget's workloads. */
  readonly oldAlertsPerDay: number;
  readonly newAlertsPerDay: number;
}

export interface Recalibration {
  readonly classes: Record<EntityClass, ClassCalibration>;
  readonly hours: Record<EntityClass, number>;
  readonly changes: readonly ClassChange[];
}

/**
 * The calibration that the record makes of the one in use. What is usual for a class stays: it explains, and decides
 * nothing. A class with too few hours keeps its old numbers.
 */
export function recalibrate(
  { calibration }: CalibrationInUse,
  record: BenignRecord,
  meaning: FlaggedMeaning,
  budget: AlertBudget,
): Recalibration {
  const classes = { ...calibration.classes };
  const newHours = { ...calibration.hours };
  const changes = ENTITY_CLASSES.map((name): ClassChange => {
    const seen = record.classes[name];
    const flagged = Math.max(seen?.flagged.model.length ?? 0, seen?.flagged.novelty.length ?? 0);
    const kept = reasonToKeep(seen);
    if (seen === undefined || kept !== null) {
      return { class: name, kept, hours: seen?.hours ?? 0, flagged, detectors: [] };
    }
    const old = calibration.classes[name];
    const fresh = {
      ...old,
      model: scoresOf(seen.model, meaning === 'ordinary' ? seen.flagged.model : []),
      novelty: scoresOf(seen.novelty, meaning === 'ordinary' ? seen.flagged.novelty : []),
    };
    classes[name] = fresh;
    newHours[name] = seen.hours;
    const detectors = (['model', 'novelty'] as const).map((detector): DetectorChange => {
      const { episodes } = fresh[detector];
      const before = thresholdFor(old[detector], calibration.hours[name], budget);
      const after = thresholdFor(fresh[detector], seen.hours, budget);
      return {
        detector,
        oldThreshold: before.evidence,
        newThreshold: after.evidence,
        extrapolated: after.extrapolated,
        oldAlertsPerDay: alertsPerDay(episodes, before.evidence, seen.hours, budget),
        newAlertsPerDay: alertsPerDay(episodes, after.evidence, seen.hours, budget),
      };
    });
    return { class: name, kept: null, hours: seen.hours, flagged, detectors };
  });
  return { classes, hours: newHours, changes };
}

function reasonToKeep(seen: BenignClass | undefined): string | null {
  if (seen === undefined || seen.hours === 0) return 'none were seen';
  if (seen.hours < LEAST_WORKLOAD_HOURS) {
    return `${seen.hours.toFixed(1)} workload-hours are too few, at least ${LEAST_WORKLOAD_HOURS} are needed`;
  }
  return null;
}

function scoresOf({ scores, episodes }: BenignClass['model'], flagged: readonly number[]): ClassCalibration['model'] {
  return { scores: descending(scores), episodes: descending([...episodes, ...flagged]) };
}

function descending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => b - a);
}

function alertsPerDay(episodes: readonly number[], threshold: number, hours: number, { workloads }: AlertBudget) {
  return (episodes.filter((evidence) => evidence > threshold).length / hours) * 24 * workloads;
}
