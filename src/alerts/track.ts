import type { Family } from '#core/family.ts';
import type { Verdict } from '#core/verdict.ts';
import type { Attack } from './attack.ts';
import type { AlertsConfig } from './config.ts';

/** What one client has been judged to do to one service lately. */
export interface Track {
  /** The open attack that its verdicts count for; null while there is too little evidence for any. */
  attack: Attack | null;
  lastUs: number;
  /** Unbroken evidence for families that are not the attack's. */
  readonly runs: Map<Family, Run>;
}

/** Verdicts of one family that wait for more of their kind. */
export interface Run {
  judgements: number;
  lastUs: number;
  flows: number;
  /** The last of them, to be counted once they are an alert. */
  readonly held: Verdict[];
}

/** These may be done in a single flow, which may have begun before anybody looked. */
const ONE_FLOW_WILL_DO: ReadonlySet<Family> = new Set([
  'udp-flood',
  'icmp-flood',
  'dns-tunnel',
  'beacon',
  'exfiltration',
  'reverse-shell',
  'unknown',
]);
const MOST_HELD = 64;
/** A family that challenges an attack which still goes on needs more judgements than a fresh start does. */
const CHALLENGE_JUDGEMENTS = 3;
/** With less momentum than this an attack has paused, and what comes now is judged on its own. */
const FADED = 0.5;

export function newTrack(): Track {
  return { attack: null, lastUs: -Infinity, runs: new Map() };
}

/** Holds a verdict of a family that is not the attack's. */
export function hold(track: Track, verdict: Verdict, spacingUs: number): Run {
  const run = track.runs.get(verdict.family) ?? { judgements: 0, lastUs: -Infinity, flows: 0, held: [] };
  track.runs.set(verdict.family, run);
  if (verdict.atUs - run.lastUs >= spacingUs) {
    run.judgements++;
    run.lastUs = verdict.atUs;
  }
  run.flows += verdict.flows;
  run.held.push(verdict);
  if (run.held.length > MOST_HELD) run.held.shift();
  return run;
}

/**
 * Whether a run of verdicts is evidence enough for an alert of its own. `opposing` is the momentum of an open attack by
 * the same parties: the beginning and the tail of an attack often look like another family, so it must be outweighed.
 */
export function isConvincing(run: Run, verdict: Verdict, opposing: number, settings: AlertsConfig): boolean {
  const { family, score, flows } = verdict;
  if (!ONE_FLOW_WILL_DO.has(family) && run.flows < settings.minFlows) return false;
  if (opposing >= FADED) return run.judgements >= CHALLENGE_JUDGEMENTS && run.judgements > opposing;
  return run.judgements >= settings.minJudgements || (score >= settings.certainScore && flows >= settings.certainFlows);
}
