import type { Alert } from '#core/alert.ts';
import type { Decision, IngressRef, RateLimit } from '#core/decision.ts';
import { parseDuration } from '#core/duration.ts';
import { KubeSecureError } from '#core/error.ts';
import { activeOn, listActive } from './active-decisions.ts';
import type { ResponseRule } from './config.ts';
import { isoAt, type ResponseContext } from './context.ts';
import { recordFailure } from './failure.ts';
import { inState, record, summaryOf, tellIngress } from './journal.ts';
import { isAsStrict, tightest } from './limit.ts';
import { endSimulated } from './simulate.ts';
import { describeVictim, type Victim } from './targets.ts';

/** How long a decision that was just planned is left to whoever planned it. */
export const PLANNER_LEASE_MS = 10_000;

/** What a rule wants done about an alert. */
export interface Wish {
  readonly alert: Alert;
  readonly rule: ResponseRule;
  readonly victim: Victim;
  /** Which of the alert's decisions this is. */
  readonly index: number;
}

/** The id of an alert's decision: derived, so that a restart or a second process does not decide twice. */
export function decisionIdOf(alert: Pick<Alert, 'id'>, index: number): string {
  return `${alert.id}.${index}`;
}

/**
 * Decides about one Ingress: a planned decision, a refusal, or more time for a limit that is in force already. Stores
 * it, and touches no Ingress.
 */
export async function decideFor(context: ResponseContext, wish: Wish, ref: IngressRef): Promise<Decision> {
  const { settings, store } = context;
  const decision = decisionFrom(context, wish, ref);
  if (settings.never.includes(ref.namespace)) {
    return refuse(context, decision, `namespace ${ref.namespace} is in response.never`);
  }
  if (decision.dryRun) return plan(context, decision);

  const standing = (await activeOn(store, ref))[0];
  if (standing === undefined) {
    const held = (await listActive(store)).filter(({ alertId, dryRun }) => alertId !== null && !dryRun);
    if (held.length < settings.maxActive) return plan(context, decision);
    return refuse(context, decision, `${held.length} limits are held already (response.maxActive)`);
  }
  if (isAsStrict(standing.limit, wish.rule.limit)) return extend(context, standing, wish);
  const limit = tightest(standing.limit, wish.rule.limit);
  const until = standing.until > decision.until ? standing.until : decision.until;
  return plan(context, { ...decision, limit, until });
}

/** Decides where no Ingress is known to lead to the victim. */
export async function decideWithoutTarget(context: ResponseContext, wish: Wish): Promise<Decision> {
  const decision = decisionFrom(context, wish, null);
  if (context.ingressApi === null) {
    const reason = `no cluster is configured; with one, the Ingress that leads to ${decision.victim} would be limited`;
    return endSimulated(context, { ...decision, dryRun: true }, reason);
  }
  const unseen = whyUnseen(context, decision);
  if (unseen === null) return refuseUnroutable(context, decision);
  if (decision.dryRun) return endSimulated(context, decision, unseen.message);
  return recordFailure(context, decision, 'apply', unseen);
}

/** Why the cluster could not be asked for the way to the victim; null if it could. */
export function whyUnseen(context: ResponseContext, decision: Decision): KubeSecureError | null {
  const health = context.clusterView?.health();
  if (health === undefined || health.reachable) return null;
  const doing = `while looking for the Ingress that leads to ${decision.victim}`;
  return new KubeSecureError('unavailable', `${doing}: ${health.reason}`);
}

export function refuseUnroutable(context: ResponseContext, decision: Decision): Promise<Decision> {
  const partial = context.clusterView?.health().reason ?? '';
  const hint = partial === '' ? '' : ` (${partial})`;
  return refuse(context, decision, `no Ingress leads to ${decision.victim}${hint}; response.targets can name one`);
}

function decisionFrom(context: ResponseContext, wish: Wish, target: IngressRef | null): Decision {
  const { alert, rule, victim, index } = wish;
  return newDecision(context, {
    id: decisionIdOf(alert, index),
    alertId: alert.id,
    family: alert.family,
    origin: 'rule',
    target,
    victim: describeVictim(victim),
    limit: rule.limit,
    dryRun: context.settings.mode === 'dry-run' || context.ingressApi === null,
    ttlMs: parseDuration(rule.ttl),
  });
}

/** A decision that nothing was done about yet. */
export function newDecision(
  context: ResponseContext,
  facts: Pick<Decision, 'id' | 'alertId' | 'family' | 'origin' | 'target' | 'victim' | 'limit' | 'dryRun'> & {
    readonly limit: RateLimit;
    readonly ttlMs: number;
  },
): Decision {
  const nowMs = context.clock.now();
  const { ttlMs, ...rest } = facts;
  return {
    ...rest,
    provider: 'ingress-nginx',
    state: 'planned',
    reason: '',
    createdAt: isoAt(nowMs),
    until: isoAt(nowMs + ttlMs),
    changedAt: isoAt(nowMs),
    attempts: 0,
    nextAttemptAt: isoAt(nowMs + PLANNER_LEASE_MS),
    written: {},
    previous: [],
  };
}

export function plan(context: ResponseContext, decision: Decision): Promise<Decision> {
  const step = { actor: decision.origin, action: 'planned', detail: summaryOf(decision), notify: false };
  return record(context, decision, step);
}

function refuse(context: ResponseContext, decision: Decision, reason: string): Promise<Decision> {
  const step = { actor: 'rule', action: 'refused', detail: reason, notify: false };
  return record(context, inState(context, decision, 'refused', { reason }), step);
}

/** Counted from when the alert was raised, so that deciding about it again after a restart adds nothing. */
async function extend(context: ResponseContext, standing: Decision, wish: Wish): Promise<Decision> {
  const until = isoAt(Date.parse(wish.alert.timestamp) + parseDuration(wish.rule.ttl));
  if (until <= standing.until) return standing;
  const detail = `until ${until} instead of ${standing.until}: ${wish.alert.family} again (alert ${wish.alert.id})`;
  const step = { actor: 'rule', action: 'extended', detail, notify: false };
  const extended = await record(context, { ...standing, until }, step);
  if (extended.state === 'applied') {
    await tellIngress(context, extended, null, { reason: 'RateLimitExtended', message: detail });
  }
  return extended;
}
