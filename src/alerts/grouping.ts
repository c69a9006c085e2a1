// In: verdicts, roughly in the order of packet time. Out: attacks that were opened or went on; many verdicts are one
// attack. It owns the attacks that are open and what it remembers of each client's dealings with a service.
import type { Alert } from '#core/alert.ts';
import type { Family } from '#core/family.ts';
import type { Verdict } from '#core/verdict.ts';
import type { AlertsConfig } from './config.ts';
import { addVerdict, type Attack, isEcho, isSameAttack, momentumAt, newAttack } from './attack.ts';
import { renameAttack, restoredAttack, sharesParties } from './attack.ts';
import { type Parties, partiesOf } from './parties.ts';
import { hold, isConvincing, newTrack, type Track } from './track.ts';

/** The attack is the living record: read it when it is needed, it goes on changing. */
export interface Change {
  readonly type: 'opened' | 'updated';
  readonly attack: Attack;
}

export interface Grouping {
  /** What the verdict changed: nothing while it is too little evidence, else one attack. */
  accept(verdict: Verdict): Change | null;
  /** Takes up the attack behind an alert of an earlier run again; `lastUs` is its last sight in packet time. */
  restore(alert: Alert, lastUs: number): void;
  /** A person closed the alert: what comes now is a new attack. */
  forget(id: string): void;
  isOpen(id: string): boolean;
}

/** Two attacks on one victim this close together may be one that is told apart badly. */
const NEAR_US = 5e6;
const MOST_TRACKS = 20_000;

/**
 * Pure but for `newId`: the same verdicts make the same attacks.
 * @param newId an id for an attack that was opened at this packet time, microseconds
 */
export function createGrouping(settings: AlertsConfig, newId: (openedUs: number) => string): Grouping {
  const gapUs = settings.gapSeconds * 1e6;
  const spacingUs = settings.judgementSpacingMs * 1000;
  const open = new Map<string, Attack>();
  /** Least recently used first. */
  const tracks = new Map<string, Track>();

  function accept(verdict: Verdict): Change | null {
    endAttacks(verdict.atUs);
    const parties = partiesOf(verdict);
    if (find((attack) => isEcho(attack, verdict.family, parties)) !== null) return null;
    const track = trackOf(parties, verdict.atUs);
    track.lastUs = verdict.atUs;

    track.attack ??= find((attack) => isSameAttack(attack, verdict.family, parties));
    track.attack ??= find((attack) => sharesParties(attack, parties, verdict.atUs, NEAR_US));
    if (track.attack === null) return acceptUnattached(track, parties, verdict);
    if (track.attack.family === verdict.family) return count(track, track.attack, [verdict]);
    return acceptChallenge(track, track.attack, parties, verdict);
  }

  function acceptUnattached(track: Track, parties: Parties, verdict: Verdict): Change | null {
    const run = hold(track, verdict, spacingUs);
    return isConvincing(run, verdict, 0, settings) ? openAttack(track, parties, run.held) : null;
  }

  /** A verdict of another family than the open attack that its parties are in. */
  function acceptChallenge(track: Track, attack: Attack, parties: Parties, verdict: Verdict): Change {
    const { family, atUs } = verdict;
    const run = hold(track, verdict, spacingUs);
    const sameParties = sharesParties(attack, parties, atUs, NEAR_US);
    const renameable = sameParties && mayBeRenamed(attack, atUs);
    const opposing = sameParties ? momentumAt(attack, atUs) : 0;
    const convincing = family !== 'unknown' && isConvincing(run, verdict, opposing, settings);
    const other = find((candidate) => isSameAttack(candidate, family, parties));

    if (convincing && other !== null) return count(track, other, run.held);
    if (convincing && !renameable) return openAttack(track, parties, run.held);

    addVerdict(attack, verdict, spacingUs);
    if (other === null && renameable && isOutvoted(attack, family)) {
      renameAttack(attack, family, parties, verdict);
      track.runs.clear();
    }
    return { type: 'updated', attack };
  }

  /** While it is young, or was never more than `unknown`, an attack takes the name that most of its verdicts give it. */
  function mayBeRenamed(attack: Attack, atUs: number): boolean {
    return attack.family === 'unknown' || atUs - attack.openedUs <= settings.settleSeconds * 1e6;
  }

  function isOutvoted(attack: Attack, family: Family): boolean {
    if (family === 'unknown') return false;
    const votes = attack.judgements.get(family)?.count ?? 0;
    if (attack.family === 'unknown') return votes >= settings.minJudgements;
    return votes > (attack.judgements.get(attack.family)?.count ?? 0);
  }

  function openAttack(track: Track, parties: Parties, held: readonly Verdict[]): Change {
    const last = held.at(-1) as Verdict;
    const attack = newAttack(newId(last.atUs), last.family, parties, last);
    makeRoom();
    open.set(attack.id, attack);
    count(track, attack, held);
    return { type: 'opened', attack };
  }

  function count(track: Track, attack: Attack, verdicts: readonly Verdict[]): Change {
    for (const verdict of verdicts) addVerdict(attack, verdict, spacingUs);
    track.attack = attack;
    track.runs.clear();
    return { type: 'updated', attack };
  }

  function find(matches: (attack: Attack) => boolean): Attack | null {
    for (const attack of open.values()) if (matches(attack)) return attack;
    return null;
  }

  function endAttacks(atUs: number): void {
    for (const attack of open.values()) if (Math.abs(atUs - attack.lastUs) > gapUs) open.delete(attack.id);
  }

  function makeRoom(): void {
    if (open.size < settings.maxOpen) return;
    const quietest = [...open.values()].reduce((a, b) => (b.lastUs < a.lastUs ? b : a));
    open.delete(quietest.id);
  }

  function trackOf({ client, victim, port }: Parties, atUs: number): Track {
    const key = `${client ?? '*'} ${victim ?? '*'} ${port ?? '*'}`;
    const known = tracks.get(key);
    const track = known !== undefined && isCurrent(known, atUs) ? known : newTrack();
    tracks.delete(key);
    tracks.set(key, track);
    if (tracks.size > MOST_TRACKS) tracks.delete(tracks.keys().next().value ?? key);
    return track;
  }

  function isCurrent({ attack, lastUs }: Track, atUs: number): boolean {
    if (attack !== null && open.get(attack.id) !== attack) return false;
    return Math.abs(atUs - lastUs) <= gapUs;
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
