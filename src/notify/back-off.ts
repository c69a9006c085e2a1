/**
 * The pause before the next attempt after so many failures in a row: doubled each time, up to a limit, and somewhere in
 * its upper half, so that several senders do not come back at the same moment.
 * @param random 0 to 1
 */
export function backOffMs(
  failures: number,
  { firstRetryMs, maxRetryMs }: { firstRetryMs: number; maxRetryMs: number },
  random: number,
): number {
  const fullMs = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return Math.round(fullMs * (0.5 + random / 2));
}
