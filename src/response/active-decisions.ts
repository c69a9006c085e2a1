import type { Decision, IngressRef, PreviousValue } from '#core/decision.ts';
import { KubeSecureError } from '#core/error.ts';
import type { IngressApi } from '#core/ingress-api.ts';
import type { Store } from '#core/store.ts';
import type { ResponseContext } from './context.ts';

const ACTIVE_STATES = ['planned', 'applied', 'failed'] as const;
const MAX_ACTIVE_READ = 1000;

/** Every decision that is not at its end, newest first. */
export function listActive(store: Store): Promise<Decision[]> {
  return store.listDecisions({ states: ACTIVE_STATES, limit: MAX_ACTIVE_READ });
}

/** Those that act on this Ingress, newest first. There is more than one only while one takes the place of another. */
export async function activeOn(store: Store, ref: IngressRef): Promise<Decision[]> {
  const active = await listActive(store);
  return active.filter((decision) => !decision.dryRun && decision.target !== null && isSame(decision.target, ref));
}

export function isActive(decision: Decision): boolean {
  return ACTIVE_STATES.some((state) => state === decision.state);
}

/** What was stored about the values before us. The newest record of a key counts: it was made knowing the older ones. */
export function recordedPrevious(newestFirst: readonly Decision[]): PreviousValue[] {
  const byKey = new Map<string, PreviousValue>();
  for (const { previous } of newestFirst.toReversed()) for (const entry of previous) byKey.set(entry.key, entry);
  return [...byKey.values()];
}

export function isSame(a: IngressRef, b: IngressRef): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}

/** The way to the cluster. Throws `unavailable` where there is none. */
export function requireApi(context: ResponseContext, doing: string): IngressApi {
  if (context.ingressApi !== null) return context.ingressApi;
  throw new KubeSecureError('unavailable', `while ${doing}: no cluster is configured`);
}
