import type { Decision, DecisionState, RateLimit } from '#core/decision.ts';

export const STATE_WORDS: Readonly<Record<DecisionState, string>> = {
  planned: 'Planned',
  simulated: 'Dry run',
  applied: 'In force',
  expired: 'Expired',
  reverted: 'Reverted',
  failed: 'Failed, tried again',
  superseded: 'Superseded',
  refused: 'Refused',
};

/** `10 requests/s per client, burst of 20, 5 connections`. */
export function limitWords({ rps, rpm, burst, connections }: RateLimit): string {
  const parts = [];
  if (rps !== null) parts.push(`${rps} requests/s per client`);
  if (rpm !== null) parts.push(`${rpm} requests/min per client`);
  if (burst !== null) parts.push(`burst of ${burst}`);
  if (connections !== null) parts.push(`${connections} ${connections === 1 ? 'connection' : 'connections'}`);
  return parts.join(', ');
}

/** Whether the decision still does something, or something is owed. A dry run ends with its time, the rest by its state. */
export function isRunning({ state, until }: Decision, nowMs: number): boolean {
  if (state === 'simulated') return Date.parse(until) > nowMs;
  return state === 'planned' || state === 'applied' || state === 'failed';
}
