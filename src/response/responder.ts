/**
 * Decides about alerts and people's words, and ends what it began. In: alerts, requests, the clock. Out: decisions in
 * the store with their audit lines, limits on Ingresses, Kubernetes Events, notifications in the outbox. It owns the
 * decisions and the values that stood before them.
 */
import type { Alert } from '#core/alert.ts';
import type { Decision } from '#core/decision.ts';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { listActive } from './active-decisions.ts';
import { createAlertResponse } from './alert-response.ts';
import { createCarryOut, isOver } from './carry-out.ts';
import { createContext, type ResponderOptions } from './context.ts';
import { createManualLimits, type ManualLimits } from './manual.ts';
import { createSerial } from './serial.ts';
import { verify } from './verify.ts';

const TICK_MS = 1_000;

export interface Responder extends ManualLimits {
  /**
   * Decides about an alert the first time it is seen, and carries it out. Resolves with the decisions as they are
   * then; none where no rule fits or it was decided before. Rejects only if the store does.
   */
  onAlert(alert: Alert): Promise<Decision[]>;
  /** Carries on what an earlier process left: planned and failed, due, and open alerts not yet decided about. */
  reconcile(): Promise<void>;
  /** Does what is due now. Resolves when it is done. */
  tick(): Promise<void>;
  /** Begins to tick each second, and reconciles; resolves when that is done. */
  start(): Promise<void>;
  /** Stops ticking and waits for what is under way. */
  stop(): Promise<void>;
  /** Not ok while the API server does not answer a decision, or the store does not answer. */
  health(): { readonly ok: boolean; readonly reason: string };
}

export function createResponder(options: ResponderOptions): Responder {
  const context = createContext(options);
  const { store, clock, log, unanswered } = context;
  const serial = createSerial();
  const carryOut = createCarryOut(context, serial);
  const alerts = createAlertResponse(context, serial, carryOut);
  const underWay = new Map<string, Promise<unknown>>();
  let storeProblem = '';
  let timer: NodeJS.Timeout | null = null;

  /** Begins a step of a decision, unless one is under way. */
  function launch(decision: Decision, step: () => Promise<unknown>): void {
    if (underWay.has(decision.id)) return;
    const done = step().finally(() => underWay.delete(decision.id));
    underWay.set(decision.id, done);
  }

  function continueWith(decision: Decision): Promise<unknown> {
    if (isOver(decision, clock.now())) return carryOut.finish(decision);
    if (decision.target === null) return alerts.findTarget(decision);
    return carryOut.begin(decision);
  }

  async function tick(): Promise<void> {
    const nowMs = clock.now();
    for (const decision of await listActive(store)) {
      const isWaiting = decision.nextAttemptAt !== null && Date.parse(decision.nextAttemptAt) > nowMs;
      if (isWaiting || (decision.state === 'applied' && !isOver(decision, nowMs))) continue;
      launch(decision, () => continueWith(decision));
    }
    await Promise.all(underWay.values());
  }

  async function reconcile(): Promise<void> {
    for (const decision of await listActive(store)) {
      const isInForce = decision.state === 'applied' && !isOver(decision, clock.now());
      launch(decision, () => (isInForce ? verify(context, serial, decision) : continueWith(decision)));
    }
    await Promise.all(underWay.values());
    await alerts.catchUp();
  }

  /** A store that fails now is asked again a second later; `health` tells of it meanwhile. */
  function onTimer(): void {
    tick().then(
      () => (storeProblem = ''),
      (error: unknown) => {
        if (storeProblem === '') log.error({ reason: reasonOf(error) }, 'decisions cannot be carried on');
        storeProblem = reasonOf(error);
      },
    );
  }

  return {
    ...createManualLimits(context, serial),
    onAlert: (alert) => alerts.onAlert(alert),
    reconcile,
    tick,

    async start() {
      if (timer !== null) throw new KubeSecureError('internal', 'while starting the responder: it runs already');
      timer = setInterval(onTimer, TICK_MS);
      await reconcile();
    },

    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      await Promise.allSettled(underWay.values());
      await serial.idle();
    },

    health() {
      const reason = storeProblem === '' ? ([...unanswered.values()][0] ?? '') : storeProblem;
      return { ok: reason === '', reason };
    },
  };
}
