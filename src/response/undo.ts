import type { Decision, IngressRef } from '#core/decision.ts';
import { KubeSecureError } from '#core/error.ts';
import type { IngressApi } from '#core/ingress-api.ts';
import { activeOn, isActive, requireApi } from './active-decisions.ts';
import { planUndo } from './annotation-plan.ts';
import type { ResponseContext } from './context.ts';
import { recordFailure } from './failure.ts';
import { inState, record, subjectOf, tellIngress } from './journal.ts';

const MAX_CONFLICTS = 5;

/**
 * Puts back what stood before a decision and ends it: `reverted` if somebody asked for it, else `expired`. What others
 * changed in between stays as they left it. Resolves with the decision as it is now; one whose undo failed keeps its
 * state and the time of the next attempt.
 */
export async function undo(context: ResponseContext, decision: Decision): Promise<Decision> {
  const { target, written } = decision;
  // Nothing was ever sent to the cluster.
  if (target === null || Object.keys(written).length === 0) return end(context, decision, decision.reason);
  try {
    const api = requireApi(context, `restoring ${subjectOf(decision)}`);
    for (let conflicts = 0; ; conflicts++) {
      try {
        return await attempt(context, api, { ...decision, target });
      } catch (error) {
        const isConflict = error instanceof KubeSecureError && error.code === 'conflict';
        if (!isConflict || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  } catch (error) {
    if (!(error instanceof KubeSecureError)) throw error;
    if (error.code === 'not-found') return end(context, decision, 'the Ingress is gone, nothing to put back');
    return recordFailure(context, decision, 'undo', error);
  }
}

async function attempt(
  context: ResponseContext,
  api: IngressApi,
  decision: Decision & { target: IngressRef },
): Promise<Decision> {
  const { store } = context;
  // In this order, so that a decision that took over in between is seen (see enforce.ts).
  const snapshot = await api.read(decision.target);
  const current = await store.getDecision(decision.id);
  if (current === null || !isActive(current)) return current ?? decision;
  const heir = (await activeOn(store, decision.target)).find(
    (other) => other.createdAt > current.createdAt && Object.keys(other.written).length > 0,
  );
  if (heir !== undefined) {
    const reason = `decision ${heir.id} took its place`;
    const superseded = inState(context, current, 'superseded', { reason });
    return record(context, superseded, { actor: heir.origin, action: 'superseded', detail: reason, notify: false });
  }

  const { isOwed, restore, left } = planUndo(snapshot, current.written, current.previous);
  if (isOwed) {
    await api.restoreAnnotations(decision.target, restore, { resourceVersion: snapshot.resourceVersion });
  }
  const ended = await end(context, current, left.length === 0 ? '' : `left alone: ${left.join(', ')}`);
  const outcome = left.length === 0 ? 'the former limits are back' : ended.reason;
  await tellIngress(context, ended, snapshot.uid, {
    reason: ended.state === 'reverted' ? 'RateLimitReverted' : 'RateLimitExpired',
    message: `rate limit ended (${actorOf(current)}): ${outcome}`,
  });
  return ended;
}

function end(context: ResponseContext, decision: Decision, reason: string): Promise<Decision> {
  context.unanswered.delete(decision.id);
  const state = decision.revertAskedBy === undefined ? 'expired' : 'reverted';
  const detail = reason === '' ? 'the former values are back' : reason;
  const ended = inState(context, decision, state, { reason });
  return record(context, ended, { actor: actorOf(decision), action: state, detail, notify: true });
}

function actorOf(decision: Decision): string {
  return decision.revertAskedBy ?? 'clock';
}
