import type { Decision, PreviousValue } from '#core/decision.ts';
import type { IngressSnapshot } from '#core/ingress-api.ts';
import { recordedPrevious } from './active-decisions.ts';
import { annotationsWithoutUs, planWrite, type WritePlan } from './annotation-plan.ts';
import { PROVIDERS } from './providers/providers.ts';

export interface DecisionPlan extends WritePlan {
  readonly notes: readonly string[];
}

/**
 * What a decision writes on this Ingress. `standing` are the active decisions on it, newest first, the decision itself
 * included if it is stored. Null where a rule's limit would not make anything stricter; a person's word is written as it is.
 */
export function planDecision(
  decision: Pick<Decision, 'limit' | 'alertId' | 'provider'>,
  snapshot: IngressSnapshot,
  standing: readonly Decision[],
): DecisionPlan | null {
  const recorded = recordedPrevious(standing);
  const without = annotationsWithoutUs(snapshot, recorded);
  const provider = PROVIDERS[decision.provider];
  const isRule = decision.alertId !== null;
  const wish = isRule ? provider.tighten(decision.limit, without) : provider.write(decision.limit, without);
  if (wish === null) return null;

  const plan = planWrite(snapshot, wish.annotations, recorded);
  const notes = [...wish.notes, ...ownerNotes(plan.previous)];
  if (!provider.serves(snapshot.ingressClass)) {
    notes.push(`the Ingress is of class ${snapshot.ingressClass}, whose controller may not read these annotations`);
  }
  return { ...plan, notes };
}

/** Who applies an Ingress again and again, as Helm and Argo CD do, may set its own value again. */
function ownerNotes(previous: readonly PreviousValue[]): string[] {
  return previous
    .filter(({ owner }) => owner?.operation === 'Apply')
    .map(({ key, owner }) => `${key.slice(key.indexOf('/') + 1)} belongs to ${owner?.manager}, which may set it again`);
}
