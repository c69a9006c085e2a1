const THIN_SPACE = '\u2009';

/** Three digits that matter and a suffix: 0.42, 7, 38.1, 12.3k, 4.5M. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${threeDigits(value / 1e9)}G`;
  if (size >= 1e6) return `${threeDigits(value / 1e6)}M`;
  if (size >= 10_000) return `${threeDigits(value / 1e3)}k`;
  if (size >= 1000) return String(Math.round(value)).replace(/(\d)(\d{3})$/, `$1${THIN_SPACE}$2`);
  return threeDigits(value);
}

/** Bytes with a decimal unit: 512 B, 1.2 kB, 34 MB. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), units.length - 1);
  return `${threeDigits(value / 1000 ** step)} ${units[step]}`;
}

/** A p-value: one digit that matters, never in scientific notation. */
export function pValueText(pValue: number): string {
  if (pValue < 0.0001) return '< 0.0001';
  return pValue < 0.01 ? pValue.toPrecision(1) : pValue.toFixed(2);
}

/** 0 to 1 as a percentage; tiny shares keep a digit that matters. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toPrecision(1) : Math.round(value)}${THIN_SPACE}%`;
}

/** A length of time in its natural unit, from microseconds: 85 µs, 3.2 ms, 1.5 s. */
export function microseconds(value: number): string {
  if (value < 1000) return `${threeDigits(value)} µs`;
  if (value < 1e6) return `${threeDigits(value / 1e3)} ms`;
  return `${threeDigits(value / 1e6)} s`;
}

function threeDigits(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 0.001) return value.toExponential(0);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(size)));
  return String(Number(value.toFixed(Math.min(decimals, 3))));
}
