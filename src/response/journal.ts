import type { Decision } from '#core/decision.ts';
import { reasonOf } from '#core/error.ts';
import { newId } from '#core/id.ts';
import { isoAt, type ResponseContext } from './context.ts';
import { describeLimit } from './limit.ts';

/** One step in the life of a decision, for the audit log. */
export interface Step {
  /** `rule`, `clock`, `start-up`, or a person's name. */
  readonly actor: string;
  /** What follows `decision.` in the audit log: the new state, or what else happened. */
  readonly action: string;
  readonly detail: string;
  /** Whether the channels are told. */
  readonly notify: boolean;
}

/** Stores the decision and its audit line, and what is owed to the channels, in one transaction. */
export async function record(context: ResponseContext, decision: Decision, step: Step): Promise<Decision> {
  const { store, clock, channels, log, afterChange } = context;
  const nowMs = clock.now();
  const entry = {
    at: isoAt(nowMs),
    actor: step.actor,
    action: `decision.${step.action}`,
    subject: subjectOf(decision),
    decisionId: decision.id,
    detail: step.detail,
  };
  const notifications = (step.notify ? channels : []).map((channel) => ({
    id: newId(nowMs),
    channel,
    event: { type: 'decision.changed' as const, decision },
    createdAtMs: nowMs,
    attempts: 0,
    nextAttemptAtMs: nowMs,
  }));
  await store.saveDecision(decision, [entry], notifications);
  log.info({ decision: decision.id, state: decision.state, subject: entry.subject }, entry.action);
  if (step.action === decision.state) afterChange?.(decision);
  return decision;
}

/** The decision in a new state. */
export function inState(
  context: ResponseContext,
  decision: Decision,
  state: Decision['state'],
  change: Partial<Decision> = {},
): Decision {
  const settled = { attempts: 0, nextAttemptAt: null };
  return { ...decision, ...settled, ...change, state, changedAt: isoAt(context.clock.now()) };
}

/**
 * A Kubernetes Event on the Ingress: best effort, for the step it tells of has already happened. A null `uid` is looked
 * up.
 */
export async function tellIngress(
  context: ResponseContext,
  decision: Decision,
  uid: string | null,
  event: { readonly reason: string; readonly message: string; readonly type?: 'Warning' },
): Promise<void> {
  const { ingressApi, log } = context;
  if (ingressApi === null || decision.target === null) return;
  try {
    await ingressApi.recordEvent(
      { ...decision.target, uid: uid ?? (await ingressApi.read(decision.target)).uid },
      { type: event.type ?? 'Normal', reason: event.reason, message: event.message },
    );
  } catch (error) {
    log.warn({ decision: decision.id, reason: reasonOf(error) }, 'the event on the Ingress could not be recorded');
  }
}

export function subjectOf(decision: Pick<Decision, 'target' | 'victim'>): string {
  if (decision.target === null) return `victim ${decision.victim}`;
  return `ingress ${decision.target.namespace}/${decision.target.name}`;
}

/** Why it was made, in words, for events and the audit log. */
export function causeOf(decision: Decision): string {
  if (decision.alertId === null) return `asked for by ${decision.origin}`;
  return `${decision.family ?? 'attack'} against ${decision.victim} (alert ${decision.alertId})`;
}

export function summaryOf(decision: Decision): string {
  return `${describeLimit(decision.limit)} until ${decision.until}, ${causeOf(decision)}`;
}
