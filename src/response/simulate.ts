import type { Decision, IngressRef } from '#core/decision.ts';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { activeOn } from './active-decisions.ts';
import type { ResponseContext } from './context.ts';
import { inState, record, subjectOf, summaryOf } from './journal.ts';
import { planDecision } from './write-plan.ts';

/** Ends a planned dry run: the API server is asked whether it would take the change, and nothing is changed. */
export async function simulate(
  context: ResponseContext,
  decision: Decision & { target: IngressRef },
): Promise<Decision> {
  const { ingressApi, store } = context;
  if (ingressApi === null) return endSimulated(context, decision, 'no cluster is configured');
  try {
    const snapshot = await ingressApi.read(decision.target);
    const plan = planDecision(decision, snapshot, await activeOn(store, decision.target));
    if (plan === null) {
      const reason = 'already stricter: the limit on the Ingress lets through no more';
      const refused = inState(context, decision, 'refused', { reason });
      return await record(context, refused, { actor: 'rule', action: 'refused', detail: reason, notify: false });
    }
    await ingressApi.applyAnnotations(decision.target, plan.written, { dryRun: true });
    const { written, previous, notes } = plan;
    return await endSimulated(context, { ...decision, written, previous }, notes.join('; '));
  } catch (error) {
    if (!(error instanceof KubeSecureError)) throw error;
    return endSimulated(context, decision, `it would fail now: ${reasonOf(error)}`);
  }
}

/** A dry run that ends without asking anybody. */
export function endSimulated(context: ResponseContext, decision: Decision, reason: string): Promise<Decision> {
  const detail = `would limit ${subjectOf(decision)}: ${summaryOf(decision)}${reason === '' ? '' : `; ${reason}`}`;
  return record(context, inState(context, decision, 'simulated', { reason }), {
    actor: decision.origin,
    action: 'simulated',
    detail,
    notify: true,
  });
}
