import type { Decision, IngressRef } from '#core/decision.ts';
import { isActive } from './active-decisions.ts';
import type { ResponseContext } from './context.ts';
import { enforce } from './enforce.ts';
import type { Serial } from './serial.ts';
import { simulate } from './simulate.ts';
import { undo } from './undo.ts';

/** The two things that happen to a decision that has a target, one at a time for each Ingress. */
export interface CarryOut {
  /** Puts it in force, or simulates it. A decision that is past that already is returned as it is. */
  begin(decision: Decision): Promise<Decision>;
  /** Undoes it if its time is up or somebody asked for that. */
  finish(decision: Decision): Promise<Decision>;
}

export function createCarryOut(context: ResponseContext, serial: Serial): CarryOut {
  const { store, clock } = context;
  return {
    begin: (decision) =>
      serial.run(decision.target, async () => {
        const current = (await store.getDecision(decision.id)) ?? decision;
        if ((current.state !== 'planned' && current.state !== 'failed') || !hasTarget(current)) return current;
        return current.dryRun ? simulate(context, current) : enforce(context, current);
      }),

    finish: (decision) =>
      serial.run(decision.target, async () => {
        const current = (await store.getDecision(decision.id)) ?? decision;
        return isActive(current) && isOver(current, clock.now()) ? undo(context, current) : current;
      }),
  };
}

/** Whether a decision is to end now. */
export function isOver(decision: Decision, nowMs: number): boolean {
  return decision.revertAskedBy !== undefined || Date.parse(decision.until) <= nowMs;
}

function hasTarget(decision: Decision): decision is Decision & { target: IngressRef } {
  return decision.target !== null;
}
