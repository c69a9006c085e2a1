/** Whoever asks for more patience than this is asked again after it. */
const MOST_MS = 3_600_000;

/** The pause that a `Retry-After` header asks for (RFC 9110, 10.2.3: seconds or a date), 0 to one hour; else null. */
export function retryAfterMsOf(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  const pauseMs = /^\d+$/.test(text) ? Number(text) * 1000 : httpDateMs(text) - nowMs;
  return Number.isFinite(pauseMs) ? Math.min(MOST_MS, Math.max(0, pauseMs)) : null;
}

/** `Date.parse` takes more than RFC 9110 allows, even `-5`. */
function httpDateMs(text: string): number {
  return text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
}
