import type { Alert } from '#core/alert.ts';
import type { Decision } from '#core/decision.ts';
import { parseDuration } from '#core/duration.ts';
import type { CarryOut } from './carry-out.ts';
import type { ResponseContext } from './context.ts';
import { decideFor, decideWithoutTarget, decisionIdOf, refuseUnroutable, whyUnseen, type Wish } from './decide.ts';
import { recordFailure } from './failure.ts';
import { inState, record } from './journal.ts';
import type { Serial } from './serial.ts';
import { ingressesFor, parseVictim, victimOf } from './targets.ts';

/** How many alerts are remembered as dealt with; the store knows the older ones. */
const MAX_REMEMBERED = 10_000;
const MAX_ALERTS_READ = 1_000;

export interface AlertResponse {
  /** Decides about an alert the first time it is seen; its updates change nothing. */
  onAlert(alert: Alert): Promise<Decision[]>;
  /** Tries again to find the Ingress for a decision that failed because the cluster could not be seen. */
  findTarget(decision: Decision): Promise<void>;
  /** Decides about the open alerts that were stored before the process ended and not yet decided about. */
  catchUp(): Promise<void>;
}

export function createAlertResponse(context: ResponseContext, serial: Serial, carryOut: CarryOut): AlertResponse {
  const { settings, store, clusterView, clock } = context;
  const remembered = new Set<string>();

  async function onAlert(alert: Alert): Promise<Decision[]> {
    const rule = settings.rules.find(({ family }) => family === alert.family);
    const victim = victimOf(alert);
    if (rule === undefined || victim === null) return [];
    if (alert.status === 'resolved' || alert.status === 'false-positive') return [];
    if (remembered.has(alert.id)) return [];
    remember(alert.id);
    try {
      if ((await store.getDecision(decisionIdOf(alert, 0))) !== null) return [];
      const decided = await decide({ alert, rule, victim });
      return await Promise.all(decided.map((decision) => carryOut.begin(decision)));
    } catch (error) {
      remembered.delete(alert.id);
      throw error;
    }
  }

  /** All under one lock, so that `maxActive` holds; the Ingress's own lock as well, for its limit may be extended. */
  function decide(wish: Omit<Wish, 'index'>): Promise<Decision[]> {
    return serial.run(null, async () => {
      const refs = ingressesFor(wish.victim, settings.targets, clusterView);
      if (refs.length === 0) return [await decideWithoutTarget(context, { ...wish, index: 0 })];
      const decided: Decision[] = [];
      // The first one last: that it is stored says that all of them are.
      for (const [index, ref] of [...refs.entries()].toReversed()) {
        decided.push(await serial.run(ref, () => decideFor(context, { ...wish, index }, ref)));
      }
      return decided.toReversed();
    });
  }

  function remember(id: string): void {
    remembered.add(id);
    const oldest = remembered.values().next().value;
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  }

  async function findTarget(decision: Decision): Promise<void> {
    if (ingressesFor(parseVictim(decision.victim), settings.targets, clusterView).length === 0) {
      const unseen = whyUnseen(context, decision);
      if (unseen === null) await refuseUnroutable(context, decision);
      else await recordFailure(context, decision, 'apply', unseen);
      return;
    }
    context.unanswered.delete(decision.id);
    const alert = decision.alertId === null ? null : await store.getAlert(decision.alertId);
    const rule = settings.rules.find(({ family }) => family === decision.family);
    const decided =
      alert === null || rule === undefined ? [] : await decide({ alert, rule, victim: parseVictim(decision.victim) });
    if (!decided.some(({ id }) => id === decision.id)) {
      const reason = decided[0] === undefined ? 'its alert or rule is gone' : `decision ${decided[0].id} covers it`;
      const step = { actor: 'rule', action: 'superseded', detail: reason, notify: false };
      await record(context, inState(context, decision, 'superseded', { reason }), step);
    }
    await Promise.all(decided.map((found) => carryOut.begin(found)));
  }

  return {
    onAlert,
    findTarget,

    async catchUp() {
      const { items } = await store.listAlerts({ status: 'open', limit: MAX_ALERTS_READ });
      for (const alert of items) {
        const rule = settings.rules.find(({ family }) => family === alert.family);
        if (rule === undefined) continue;
        if (Date.parse(alert.timestamp) + parseDuration(rule.ttl) > clock.now()) await onAlert(alert);
      }
    },
  };
}
