import { RateLimit } from '#core/decision.ts';
import { KubeSecureError } from '#core/error.ts';
import { z } from 'zod';

/** What is wrong with a limit, in words; null if nothing is. */
export function problemOfLimit(limit: RateLimit): string | null {
  const parsed = RateLimit.safeParse(limit);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `${issue?.path.join('.') ?? 'limit'}: ${issue?.message ?? z.prettifyError(parsed.error)}`;
  }
  if ((limit.rps === null) === (limit.rpm === null)) return 'exactly one of rps and rpm must be set';
  return null;
}

/** Throws `bad-input` for a limit that cannot be written. */
export function assertLimit(limit: RateLimit, doing: string): void {
  const problem = problemOfLimit(limit);
  if (problem !== null) throw new KubeSecureError('bad-input', `while ${doing}: ${problem}`);
}

/** The rate in requests per minute, so that two limits can be compared. */
export function perMinute(limit: Pick<RateLimit, 'rps' | 'rpm'>): number {
  const rates = [limit.rps === null ? Infinity : limit.rps * 60, limit.rpm ?? Infinity];
  return Math.min(...rates);
}

/** Whether `limit` lets through no more than `other` in any respect that `other` limits. */
export function isAsStrict(limit: RateLimit, other: RateLimit): boolean {
  if (perMinute(limit) > perMinute(other)) return false;
  if ((limit.burst ?? Infinity) > (other.burst ?? Infinity)) return false;
  return (limit.connections ?? Infinity) <= (other.connections ?? Infinity);
}

/** The stricter of the two in every respect. */
export function tightest(a: RateLimit, b: RateLimit): RateLimit {
  const { rps, rpm } = perMinute(a) <= perMinute(b) ? a : b;
  return { rps, rpm, burst: lower(a.burst, b.burst), connections: lower(a.connections, b.connections) };
}

/** A few words: `10 requests/s, burst 20`. */
export function describeLimit(limit: RateLimit): string {
  const parts = [limit.rps === null ? `${limit.rpm} requests/min` : `${limit.rps} requests/s`];
  if (limit.burst !== null) parts.push(`burst ${limit.burst}`);
  if (limit.connections !== null) parts.push(`${limit.connections} connections`);
  return `${parts.join(', ')} per client`;
}

function lower(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
