/** How long attacks went on before the first alert. */
export interface DelaySummary {
  /** Attacks, found or not. */
  readonly attacks: number;
  /** Seconds within which half of all attacks were found; null if fewer were. */
  readonly medianS: number | null;
  /** The same for 95 % of all attacks. */
  readonly p95S: number | null;
  /** Share of attacks never found, 0 to 1; null without an attack. */
  readonly neverShare: number | null;
}

/** Sums up delays in seconds; null stands for an attack never found, and counts as an endless delay. */
export function summariseDelays(delaysS: readonly (number | null)[]): DelaySummary {
  const attacks = delaysS.length;
  if (attacks === 0) return { attacks, medianS: null, p95S: null, neverShare: null };
  const sorted = Float64Array.from(delaysS, (delay) => delay ?? Infinity).toSorted();
  const never = sorted.filter((delay) => delay === Infinity).length;
  return { attacks, medianS: quantile(sorted, 0.5), p95S: quantile(sorted, 0.95), neverShare: never / attacks };
}

/** The smallest delay that this share of attacks does not exceed (nearest rank): a delay that occurred. */
function quantile(sorted: Float64Array, share: number): number | null {
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return value === Infinity ? null : value;
}
