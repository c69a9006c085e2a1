import { isDeepStrictEqual } from 'node:util';
import type { Decision, IngressRef } from '#core/decision.ts';
import { KubeSecureError } from '#core/error.ts';
import type { IngressApi } from '#core/ingress-api.ts';
import { activeOn, isActive, requireApi } from './active-decisions.ts';
import type { ResponseContext } from './context.ts';
import { recordFailure } from './failure.ts';
import { inState, record, subjectOf, summaryOf, tellIngress } from './journal.ts';
import { planDecision } from './write-plan.ts';

/** How often somebody else may be faster before it counts as a failure. */
const MAX_CONFLICTS = 5;

/**
 * Puts a planned or failed decision in force, and what stood before into the store first. Resolves with the decision as
 * it is now: applied, refused, superseded, or failed with the time of the next attempt.
 */
export async function enforce(
  context: ResponseContext,
  decision: Decision & { target: IngressRef },
): Promise<Decision> {
  let latest: Decision = decision;
  try {
    const api = requireApi(context, `limiting ${subjectOf(decision)}`);
    for (let conflicts = 0; ; conflicts++) {
      try {
        return await attempt(context, api, decision, (stored) => (latest = stored));
      } catch (error) {
        if (!isConflict(error) || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  } catch (error) {
    if (!(error instanceof KubeSecureError)) throw error;
    return recordFailure(context, latest, 'apply', error);
  }
}

async function attempt(
  context: ResponseContext,
  api: IngressApi,
  decision: Decision & { target: IngressRef },
  onStored: (decision: Decision) => void,
): Promise<Decision> {
  const { store } = context;
  const ref = decision.target;
  // The Ingress first, then the store: whoever changed the Ingress had stored what stood there before, so what the
  // store says now explains every value of ours that was just read, even if another process wrote it.
  const snapshot = await api.read(ref);
  const current = await store.getDecision(decision.id);
  if (current === null || !isActive(current) || current.state === 'applied') return current ?? decision;
  onStored(current);
  const others = (await activeOn(store, ref)).filter(({ id }) => id !== current.id);
  const newer = others.find(({ createdAt }) => createdAt > current.createdAt);
  if (newer !== undefined) return supersede(context, current, newer);

  const plan = planDecision(current, snapshot, [current, ...others]);
  if (plan === null) {
    const reason = 'already stricter: the limit on the Ingress lets through no more';
    return record(context, inState(context, current, 'refused', { reason }), {
      actor: 'rule',
      action: 'refused',
      detail: reason,
      notify: false,
    });
  }

  const { written, previous, notes } = plan;
  const stored = { ...current, written, previous };
  // Said once, however often it has to be tried.
  if (!isDeepStrictEqual([current.written, current.previous], [written, previous])) {
    const detail = `before: ${describeValues(previous)}; to write: ${describeValues(entriesOf(written))}`;
    await record(context, stored, { actor: 'response', action: 'writing', detail, notify: false });
  }
  onStored(stored);
  for (const older of others) await supersede(context, older, stored);

  await api.applyAnnotations(ref, written, { dryRun: false, resourceVersion: snapshot.resourceVersion });
  context.unanswered.delete(current.id);
  const reason = notes.join('; ');
  const applied = await record(context, inState(context, stored, 'applied', { reason }), {
    actor: current.origin,
    action: 'applied',
    detail: [summaryOf(current), ...notes].join('; '),
    notify: true,
  });
  await tellIngress(context, applied, snapshot.uid, { reason: 'RateLimitApplied', message: summaryOf(applied) });
  return applied;
}

function supersede(context: ResponseContext, older: Decision, newer: Decision): Promise<Decision> {
  context.unanswered.delete(older.id);
  const reason = `decision ${newer.id} took its place`;
  return record(context, inState(context, older, 'superseded', { reason }), {
    actor: newer.origin,
    action: 'superseded',
    detail: reason,
    notify: false,
  });
}

function isConflict(error: unknown): boolean {
  return error instanceof KubeSecureError && error.code === 'conflict';
}

function entriesOf(values: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

function describeValues(values: readonly { readonly key: string; readonly value: string | null }[]): string {
  return values.map(({ key, value }) => `${key.slice(key.indexOf('/') + 1)}=${value ?? '(none)'}`).join(' ');
}
