import type { Delay, Estimate, RunFigures, Share } from './evaluation-report.ts';

/** A share with its interval and counts: `.95 (.75-.99), 19 of 20`; `-` for no trial. */
export function formatShare({ successes, trials, low, high }: Share): string {
  if (trials === 0) return '-';
  return `${formatFraction(successes / trials)} (${formatFraction(low)}-${formatFraction(high)}), ${successes} of ${trials}`;
}

/** A figure with its interval; `-` where there is none. */
export function formatEstimate({ value, low, high }: Estimate): string {
  if (value === null) return '-';
  return low === null || high === null
    ? formatFraction(value)
    : `${formatFraction(value)} (${formatFraction(low)}-${formatFraction(high)})`;
}

/** `0.4 (0.1-1.5), 3 in 180 h`; without an alert, only the upper end is known. */
export function formatFalseAlerts({ alerts, workloadHours, perDay, low, high }: RunFigures['falseAlerts']): string {
  if (perDay === null || low === null || high === null) return '-';
  const rate =
    alerts === 0
      ? `0 (at most ${formatNumber(high)})`
      : `${formatNumber(perDay)} (${formatNumber(low)}-${formatNumber(high)})`;
  return `${rate}, ${alerts} in ${formatNumber(workloadHours)} h`;
}

/** Seconds; null means that too few were found. */
export function formatDelay(seconds: number | null): string {
  return seconds === null ? 'never' : `${formatNumber(seconds)} s`;
}

/** Median, 95th percentile and share never found, as three cells. */
export function delayCells({ attacks, medianS, p95S, neverShare }: Delay): string[] {
  if (attacks === 0) return ['-', '-', '-'];
  return [formatDelay(medianS), formatDelay(p95S), neverShare === null ? '-' : formatFraction(neverShare)];
}

/** A number between 0 and 1: two digits, and more near either end, so that .9986 does not become 1, nor .0014 become 0. */
export function formatFraction(value: number): string {
  if (value === 0 || value === 1) return String(value);
  const distance = Math.min(value, 1 - value);
  const digits = Math.min(5, Math.max(2, 1 - Math.floor(Math.log10(distance))));
  return withoutZero(value.toFixed(digits));
}

/** Three digits, without exponent, thousands parted. */
export function formatNumber(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return withoutZero(String(Number(value.toPrecision(3))));
}

function withoutZero(text: string): string {
  return text.replace(/^0\./, '.');
}
