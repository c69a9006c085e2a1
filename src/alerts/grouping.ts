// In: verdicts, roughly in the order of packet time, each of them evidence enough for an alert. Out: attacks that were
// opened or went on; many verdicts are one attack. It owns the attacks that are open.
import type { Alert } from '#core/alert.ts';
import type { Verdict } from '#core/verdict.ts';
import { addVerdict, type Attack, newAttack, renameAttack, restoredAttack } from './attack.ts';
import { closenessOf, correctIdentity, identityOf, identityOfKnown, isEcho, isPassedOn } from './belonging.ts';
import type { AlertsConfig } from './config.ts';
import { gapSecondsOf, ONE_FLOW_WILL_DO } from './family-kinship.ts';
import { type Parties, partiesOf } from './parties.ts';

/** The attack is the living record: read it when it is needed, it goes on changing. */
export interface Change {
  readonly type: 'opened' | 'updated';
  readonly attack: Attack;
}

export interface Grouping {
  /** What the verdict changed: one attack, or nothing where it only shows an attack's echo or the ends of its flows. */
  accept(verdict: Verdict): Change | null;
  /** Takes up the attack behind an alert of an earlier run again; `lastUs` is its last sight in packet time. */
  restore(alert: Alert, lastUs: number): void;
  /** A person closed the alert: what comes now is a new attack. */
  forget(id: string): void;
  isOpen(id: string): boolean;
}

/** For so long after an attack its last flows may still end, seconds: the longest that a flow stays without a packet. */
const LINGER_SECONDS = 120;

/**
 * Pure but for `newId`: the same verdicts make the same attacks.
 * @param newId an id for an attack that was opened at this packet time, microseconds
 */
export function createGrouping(settings: AlertsConfig, newId: (openedUs: number) => string): Grouping {
  const { gapSeconds, settleSeconds, maxOpen } = settings;
  const open = new Map<string, Attack>();
  /** Attacks that ended lately, at most as many. */
  const over = new Map<string, Attack>();

  function accept(verdict: Verdict): Change | null {
    endAttacks(verdict.atUs);
    const parties = partiesOf(verdict);
    for (const attack of open.values()) {
      if (isEcho(attack, verdict.family, parties) || isPassedOn(attack, verdict, parties)) return null;
    }
    const attack = closest(open, verdict, parties, gapSeconds);
    if (attack !== null) return join(attack, verdict, parties);
    return isOnlyAnEnd(verdict, parties) ? null : openAttack(verdict, parties);
  }

  function join(attack: Attack, verdict: Verdict, parties: Parties): Change {
    correctIdentity(attack, verdict, parties, isYoung(attack, verdict.atUs));
    addVerdict(attack, verdict, parties);
    if (mayBeRenamed(attack, verdict.atUs) && isOutvoted(attack, verdict)) {
      renameAttack(attack, identityOfKnown(attack, parties, verdict), verdict);
    }
    return { type: 'updated', attack };
  }

  function openAttack(verdict: Verdict, parties: Parties): Change {
    const attack = newAttack(newId(verdict.atUs), identityOf(verdict.family, parties, verdict), verdict);
    addVerdict(attack, verdict, parties);
    makeRoom();
    open.set(attack.id, attack);
    return { type: 'opened', attack };
  }

  /** Flows of an attack end long after it; what has no new flow, and need not have been in one, is never news. */
  function isOnlyAnEnd(verdict: Verdict, parties: Parties): boolean {
    if (verdict.flows > 0) return false;
    if (!ONE_FLOW_WILL_DO.has(verdict.family)) return true;
    return closest(over, verdict, parties, gapSeconds + LINGER_SECONDS) !== null;
  }

  function closest(among: Map<string, Attack>, verdict: Verdict, parties: Parties, patience: number): Attack | null {
    let best: Attack | null = null;
    let bestCloseness = 0;
    for (const attack of among.values()) {
      const options = { gapSeconds: patience, isYoung: isYoung(attack, verdict.atUs) };
      const closeness = closenessOf(attack, verdict, parties, options);
      if (closeness <= bestCloseness) continue;
      best = attack;
      bestCloseness = closeness;
    }
    return best;
  }

  function isYoung({ openedUs }: Attack, atUs: number): boolean {
    return atUs - openedUs <= settleSeconds * 1e6;
  }

  function mayBeRenamed(attack: Attack, atUs: number): boolean {
    return attack.family === 'unknown' || isYoung(attack, atUs);
  }

  /** An attack takes the name that most of its evidence gives it; any name is better than none. */
  function isOutvoted({ family: own, votes }: Attack, { family }: Verdict): boolean {
    if (family === 'unknown' || family === own) return false;
    return own === 'unknown' || (votes.get(family) ?? 0) > (votes.get(own) ?? 0);
  }

  function endAttacks(atUs: number): void {
    for (const attack of open.values()) {
      if (silenceSeconds(attack, atUs) <= gapSecondsOf(attack.family, gapSeconds)) continue;
      open.delete(attack.id);
      over.set(attack.id, attack);
    }
    for (const attack of over.values()) {
      const isForgotten = silenceSeconds(attack, atUs) > gapSecondsOf(attack.family, gapSeconds) + LINGER_SECONDS;
      if (isForgotten || over.size > maxOpen) over.delete(attack.id);
    }
  }

  function silenceSeconds({ lastUs }: Attack, atUs: number): number {
    return Math.abs(atUs - lastUs) / 1e6;
  }

  function makeRoom(): void {
    if (open.size < maxOpen) return;
    const quietest = [...open.values()].reduce((a, b) => (b.lastUs < a.lastUs ? b : a));
    open.delete(quietest.id);
  }

  return {
    accept,
    restore: (alert, lastUs) => {
      makeRoom();
      open.set(alert.id, restoredAttack(alert, lastUs));
    },
    forget: (id) => {
      open.delete(id);
    },
    isOpen: (id) => open.has(id),
  };
}
