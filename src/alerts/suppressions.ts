// In: verdicts, before they are grouped. Out: which live rule of the operator's keeps a verdict silent, if one does. It
// owns the count of each rule. An allowlist is the same thing with a far date.
import type { Clock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import type { Peer, Verdict } from '#core/verdict.ts';
import { type SuppressionRule, whomMatcher, type WhomMatcher } from './suppression-rule.ts';

export interface Suppressions {
  /** The name of the first live rule that the verdict matches, counted; null where it is to be told. */
  match(verdict: Verdict): string | null;
  /** Verdicts kept silent since the start, for every rule by name. */
  counts(): Readonly<Record<string, number>>;
}

export interface SuppressionsOptions {
  readonly rules: readonly SuppressionRule[];
  /** Rules end by this clock, not by packet time: they are an operator's word about today. */
  readonly clock: Clock;
  readonly workloadOf: (ip: string) => string | null;
  readonly log: Log;
}

/**
 * A verdict names up to ten peers. They fit a rule when those it means have this part of the flows: others may be among
 * a busy server's clients, but somebody who attacks it beside an allowed scanner has more than the rest.
 */
const FITTING_PART = 0.8;

interface Prepared {
  readonly rule: SuppressionRule;
  readonly untilMs: number;
  readonly client: WhomMatcher;
  readonly server: WhomMatcher;
  silenced: number;
  told: boolean;
}

/** Says once in the log of each rule that it has expired: of those that already have, at once. */
export function createSuppressions({ rules, clock, workloadOf, log }: SuppressionsOptions): Suppressions {
  const prepared = rules.map((rule): Prepared => ({
    rule,
    untilMs: Date.parse(rule.until),
    client: whomMatcher(rule.client),
    server: whomMatcher(rule.server),
    silenced: 0,
    told: false,
  }));
  for (const each of prepared) isLive(each);

  function isLive(each: Prepared): boolean {
    if (clock.now() < each.untilMs) return true;
    if (!each.told) {
      const { name, until, reason } = each.rule;
      log.warn({ rule: name, until, reason }, 'a suppression has expired: what it kept silent is told again');
    }
    each.told = true;
    return false;
  }

  return {
    match(verdict) {
      const found = prepared.find((each) => isLive(each) && fits(each, verdict, workloadOf));
      if (found === undefined) return null;
      found.silenced++;
      return found.rule.name;
    },
    counts: () => Object.fromEntries(prepared.map(({ rule, silenced }) => [rule.name, silenced])),
  };
}

/** The rules that no longer hold at this moment. */
export function expiredRules(rules: readonly SuppressionRule[], nowMs: number): SuppressionRule[] {
  return rules.filter(({ until }) => nowMs >= Date.parse(until));
}

function fits(
  { rule, client, server }: Prepared,
  { entity, family, peers }: Verdict,
  workloadOf: (ip: string) => string | null,
): boolean {
  if (rule.family !== undefined && rule.family !== family) return false;
  if (rule.side !== undefined && rule.side !== entity.side) return false;
  const nameOf = (ip: string) => (ip === entity.ip ? (entity.workload ?? workloadOf(ip)) : workloadOf(ip));
  const isPort = (port: number | null) => rule.port === undefined || rule.port === port;

  if (entity.side === 'server') {
    if (!server(entity.ip, nameOf) || !isPort(entity.port)) return false;
    return rule.client === undefined || mostly(peers, ({ ip }) => client(ip, nameOf));
  }
  if (!client(entity.ip, nameOf)) return false;
  if (rule.server === undefined && rule.port === undefined) return true;
  return mostly(peers, ({ ip, port }) => server(ip, nameOf) && isPort(port));
}

/** A verdict without peers shows nothing that a rule about them could mean. */
function mostly(peers: readonly Peer[], isMeant: (peer: Peer) => boolean): boolean {
  let meant = 0;
  let all = 0;
  for (const peer of peers) {
    all += peer.flows;
    if (isMeant(peer)) meant += peer.flows;
  }
  return all > 0 && meant >= all * FITTING_PART;
}
