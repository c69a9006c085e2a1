import { poissonInterval } from './interval.ts';

/** Alerts that should not have been, as a rate. */
export interface FalseAlertRate {
  readonly alerts: number;
  /** Ordinary time behind it, summed over all workloads that were watched. */
  readonly workloadHours: number;
  /** A day, in a cluster of 100 workloads; null where no time stands behind it. */
  readonly perDay: number | null;
  /** 95 % interval of the rate (Poisson, exact); with no alert at all the upper end is all that can be said. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Workloads for which the rate is given, and hours a day. */
const CLUSTER_HOURS_A_DAY = 100 * 24;

/** The rate of false alerts seen in so much ordinary time. */
export function falseAlertRate(alerts: number, workloadHours: number): FalseAlertRate {
  if (workloadHours <= 0) return { alerts, workloadHours: 0, perDay: null, low: null, high: null };
  const { low, high } = poissonInterval(alerts);
  const perDay = (events: number) => (events / workloadHours) * CLUSTER_HOURS_A_DAY;
  return { alerts, workloadHours, perDay: perDay(alerts), low: perDay(low), high: perDay(high) };
}

/** Workload-hours without a single false alert that it takes before 95 % confidence reaches this rate a day. */
export function workloadHoursNeeded(perDay: number): number {
  return (poissonInterval(0).high * CLUSTER_HOURS_A_DAY) / perDay;
}
