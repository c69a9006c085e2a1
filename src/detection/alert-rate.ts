import { z } from 'zod';

/** How many alerts an hour there are, and whether lately there are more: plain data. */
export const AlertRate = z.strictObject({
  /** Full hours seen since the last change, and the alerts in them. */
  hours: z.number(),
  alerts: z.number(),
  /** Where the walk stands above its lowest point, in standard deviations; see addHour. */
  excess: z.number(),
  /** The hours since it began to rise, and the alerts in them. */
  risingHours: z.number(),
  risingAlerts: z.number(),
});
export type AlertRate = z.infer<typeof AlertRate>;

/** Until so many hours were seen nothing is concluded. */
const WARM_UP_HOURS = 24;
/** What an hour may lie above the mean, in standard deviations, without counting. */
const ALLOWANCE = 0.5;
/** One hour counts for no more than this, so that a single incident is no change. */
const MOST_DEVIATIONS = 4;
/** Stands for the variance of an hour's count where alerts are rare. */
const LEAST_VARIANCE = 0.25;
/**
 * The walk rises above x with a chance of about exp(-DECAY x): the root of Cramer's equation for Poisson counts with this
 * allowance, at its smallest (a mean of a quarter; 0.9 for a mean of five).
 */
const DECAY = 0.6;

export function newAlertRate(): AlertRate {
  return { hours: 0, alerts: 0, excess: 0, risingHours: 0, risingAlerts: 0 };
}

/**
 * Adds the count of a full hour. True when alerts have become more frequent: the Page-Hinkley test (Page 1954) on the
 * count in units of its standard deviation (that of a Poisson count). `delta` is about the chance that a day without a
 * change says so. After that it begins anew.
 */
export function addHour(rate: AlertRate, alerts: number, delta: number): boolean {
  const mean = alertsPerHour(rate);
  const deviation = (alerts - mean) / Math.sqrt(Math.max(LEAST_VARIANCE, mean));
  const isWarm = rate.hours >= WARM_UP_HOURS;
  rate.hours++;
  rate.alerts += alerts;
  if (!isWarm) return false;

  rate.excess = Math.max(0, rate.excess + Math.min(MOST_DEVIATIONS, deviation) - ALLOWANCE);
  rate.risingHours = rate.excess === 0 ? 0 : rate.risingHours + 1;
  rate.risingAlerts = rate.excess === 0 ? 0 : rate.risingAlerts + alerts;
  return rate.excess > Math.log(24 / delta) / DECAY;
}

/** Mean since the last change; 0 before the first hour is over. */
export function alertsPerHour({ hours, alerts }: AlertRate): number {
  return hours === 0 ? 0 : alerts / hours;
}
