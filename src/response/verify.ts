import type { Decision } from '#core/decision.ts';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import type { IngressSnapshot } from '#core/ingress-api.ts';
import { planUndo } from './annotation-plan.ts';
import type { ResponseContext } from './context.ts';
import { inState, record, subjectOf } from './journal.ts';
import type { Serial } from './serial.ts';

/**
 * Looks whether a limit that should be in force still is. Where somebody has taken all of it away, the decision ends:
 * theirs is the last word, and it is not fought. An API server that does not answer changes nothing.
 */
export function verify(context: ResponseContext, serial: Serial, decision: Decision): Promise<Decision> {
  return serial.run(decision.target, async () => {
    const current = (await context.store.getDecision(decision.id)) ?? decision;
    if (current.state !== 'applied') return current;
    const snapshot = await readIfAnswered(context, current);
    if (snapshot === 'unknown') return current;
    if (snapshot === 'gone') return giveUp(context, current, 'the Ingress is gone, nothing to put back');
    const { isOwed, left } = planUndo(snapshot, current.written, current.previous);
    if (isOwed) return current;
    const edits = left.length === 0 ? 'the former values are back' : left.join(', ');
    return giveUp(context, current, `somebody took the limit away: ${edits}`);
  });
}

async function readIfAnswered(
  context: ResponseContext,
  decision: Decision,
): Promise<IngressSnapshot | 'gone' | 'unknown'> {
  const { ingressApi, log } = context;
  if (ingressApi === null || decision.target === null) return 'unknown';
  try {
    return await ingressApi.read(decision.target);
  } catch (error) {
    if (!(error instanceof KubeSecureError)) throw error;
    if (error.code === 'not-found') return 'gone';
    log.warn({ decision: decision.id, reason: reasonOf(error) }, `cannot look at ${subjectOf(decision)} now`);
    return 'unknown';
  }
}

function giveUp(context: ResponseContext, decision: Decision, reason: string): Promise<Decision> {
  const step = { actor: 'start-up', action: 'reverted', detail: reason, notify: true };
  return record(context, inState(context, decision, 'reverted', { reason }), step);
}
