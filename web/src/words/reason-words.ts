import type { Reason } from '#core/verdict.ts';
import { bytes, microseconds, percent, shortNumber } from './numbers.ts';

/** A reason as a person reads it. */
export interface ReasonWords {
  readonly label: string;
  readonly value: string;
  readonly usual: string;
  /** How far it is from usual: `133 times as much`, `far below`, or empty where a ratio says nothing. */
  readonly contrast: string;
}

/** Feature names carry their unit: `mean gap between packets (us)`, `packets/s over 1 s`, `share of flows reset over 10 s`. */
export function wordsOf({ feature, value, usual }: Reason): ReasonWords {
  const { label, format } = unitOf(feature);
  return { label, value: format(value), usual: format(usual), contrast: contrastOf(value, usual) };
}

function unitOf(feature: string): { label: string; format: (value: number) => string } {
  const bracketed = /^(.*) \((us|bytes)\)$/.exec(feature);
  if (bracketed) return { label: capital(bracketed[1]), format: bracketed[2] === 'us' ? microseconds : bytes };
  if (feature.startsWith('share of')) return { label: capital(feature), format: percent };
  if (/^payload (sent|received) over/.test(feature)) {
    return { label: capital(feature), format: (value) => `${bytes(value)}/s` };
  }

  if (/^distinct \w+( ports)? over/.test(feature)) return { label: capital(feature), format: distinct };
  const rate = /^(.*)\/s (over .*)$/.exec(feature);
  if (rate) return { label: capital(`${rate[1]} ${rate[2]}`), format: (value) => `${shortNumber(value)}/s` };
  return { label: capital(feature), format: shortNumber };
}

function contrastOf(value: number, usual: number): string {
  if (value === usual) return 'as usual';
  if (usual <= 0) return 'usually none';
  const ratio = value / usual;
  if (ratio >= 1.95) return `${shortNumber(Number(ratio.toPrecision(2)))} × usual`;
  if (ratio > 1) return 'above usual';
  if (ratio === 0) return 'now none';
  return ratio <= 0.5 ? 'far below usual' : 'below usual';
}

/** Distinct peers are counted up to 266 (MOST_DISTINCT of the product). */
function distinct(value: number): string {
  return Math.round(value) >= 266 ? '266 or more' : shortNumber(value);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
