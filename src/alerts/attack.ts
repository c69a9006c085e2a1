import type { Alert } from '#core/alert.ts';
import type { AttackSide, Family } from '#core/family.ts';
import type { Peer, Reason, Verdict } from '#core/verdict.ts';
import { identifyingSide, type Parties } from './parties.ts';
import { createTally, type Tally } from './tally.ts';

/** One attack that goes on: everything its verdicts said so far. Times are packet time, microseconds. */
export interface Attack {
  readonly id: string;
  family: Family;
  /** What identifies it: the flooded server or the scanning client. */
  side: AttackSide;
  ip: string;
  readonly openedUs: number;
  lastUs: number;
  verdicts: number;
  score: number;
  threshold: number;
  pValue: number;
  reasons: readonly Reason[];
  /** Judgements for its own family, halved every HALF_LIFE_US; as of `momentumUs`. */
  momentum: number;
  momentumUs: number;
  /** Judgements for each family that its verdicts named. */
  readonly judgements: Map<Family, { count: number; lastUs: number }>;
  readonly clients: Tally;
  /** Keys are `ip port`. */
  readonly services: Tally;
  readonly hosts: Tally;
  /** What clients' and servers' verdicts counted of the same flows. */
  readonly seen: Record<AttackSide, { flows: number; firstUs: number }>;
  /** Workload names that verdicts brought along, by address. */
  readonly workloads: Map<string, string>;
}

/** A flood of bare packets strikes a host, whatever its ports; the other families strike one service. */
const STRIKES_HOST: ReadonlySet<Family> = new Set(['syn-flood', 'udp-flood', 'icmp-flood', 'port-scan', 'host-sweep']);

/** A client with at least this part of an attack's flows is one of its makers, not a bystander. */
const MAKER_SHARE = 0.2;
const MOST_ADDRESSES = 1000;
/** Scores that differ by less say the same. */
const ABOUT_EQUAL = 0.03;
/** A quiet entity's window may hold flows from long before the attack. */
const LOOKBACK_US = 60e6;
const HALF_LIFE_US = 3e6;
/** An attack that was going on before a restart is believed to go on, as after this many judgements. */
const RESTORED_MOMENTUM = 3;

export function newAttack(id: string, family: Family, parties: Parties, verdict: Verdict): Attack {
  return {
    id,
    family,
    ...identityOf(family, parties, verdict),
    openedUs: verdict.atUs,
    lastUs: verdict.atUs,
    verdicts: 0,
    score: 0,
    threshold: verdict.threshold,
    pValue: 1,
    reasons: [],
    momentum: 0,
    momentumUs: verdict.atUs,
    judgements: new Map(),
    ...emptyTallies(),
    seen: { client: { flows: 0, firstUs: Infinity }, server: { flows: 0, firstUs: Infinity } },
    workloads: new Map(),
  };
}

/** The attack behind an alert of an earlier run, last seen at `lastUs`. */
export function restoredAttack(alert: Alert, lastUs: number): Attack {
  const { entity, family, score, threshold, pValue, verdicts, reasons, flows } = alert;
  const firstUs = lastUs - (Date.parse(alert.lastSeen) - Date.parse(alert.firstSeen)) * 1000;
  const attack: Attack = {
    id: alert.id,
    family,
    side: entity.side,
    ip: entity.ip,
    openedUs: firstUs,
    lastUs,
    verdicts,
    score,
    threshold,
    pValue,
    reasons,
    momentum: RESTORED_MOMENTUM,
    momentumUs: lastUs,
    judgements: new Map([[family, { count: verdicts, lastUs }]]),
    ...emptyTallies(),
    seen: { client: { flows, firstUs }, server: { flows, firstUs } },
    workloads: new Map(entity.workload === null ? [] : [[entity.ip, entity.workload]]),
  };
  for (const peer of alert.peers) {
    if (entity.side === 'client') addFlows(attack, entity.ip, peer.ip, peer.port, peer.flows);
    else addFlows(attack, peer.ip, entity.ip, entity.port, peer.flows);
  }
  return attack;
}

/** Adds a verdict to the attack, whatever family it names. `spacingUs`: closer verdicts are one judgement. */
export function addVerdict(attack: Attack, verdict: Verdict, spacingUs: number): void {
  const { entity, peers } = verdict;
  attack.verdicts++;
  // The flows of a flood end long after its last packet; their ends are no new sight of it.
  if (verdict.flows > 0 || !showsInNewFlows(verdict.family)) attack.lastUs = Math.max(attack.lastUs, verdict.atUs);
  attack.pValue = Math.min(attack.pValue, verdict.pValue);
  if (entity.workload !== null) attack.workloads.set(entity.ip, entity.workload);

  const seen = attack.seen[entity.side];
  seen.flows += verdict.flows;
  seen.firstUs = Math.min(seen.firstUs, Math.max(verdict.firstUs, verdict.atUs - LOOKBACK_US));

  const judged = attack.judgements.get(verdict.family) ?? { count: 0, lastUs: -Infinity };
  attack.judgements.set(verdict.family, judged);
  if (verdict.atUs - judged.lastUs >= spacingUs) {
    judged.count++;
    judged.lastUs = verdict.atUs;
    if (verdict.family === attack.family) {
      attack.momentum = momentumAt(attack, verdict.atUs) + 1;
      attack.momentumUs = verdict.atUs;
    }
  }

  for (const peer of peers) {
    if (entity.side === 'client') addFlows(attack, entity.ip, peer.ip, peer.port, peer.flows);
    else addFlows(attack, peer.ip, entity.ip, entity.port, peer.flows);
  }
  takeReasons(attack, verdict);
}

function emptyTallies(): Pick<Attack, 'clients' | 'services' | 'hosts'> {
  return {
    clients: createTally(MOST_ADDRESSES),
    services: createTally(MOST_ADDRESSES),
    hosts: createTally(MOST_ADDRESSES),
  };
}

function addFlows(attack: Attack, client: string, host: string, port: number | null, flows: number): void {
  attack.clients.add(client, flows);
  attack.hosts.add(host, flows);
  attack.services.add(`${host} ${port ?? ''}`, flows);
}

/** The reasons of the surest verdict stand for the attack; the newest among about equals, for a flood grows. */
function takeReasons(attack: Attack, verdict: Verdict): void {
  const first = attack.reasons.length === 0;
  if (!first && (verdict.family !== attack.family || verdict.score < attack.score - ABOUT_EQUAL)) return;
  attack.score = Math.max(attack.score, verdict.score);
  attack.threshold = verdict.threshold;
  // What is usual differs between clients and servers: the identifying side's own numbers go before the other's.
  if (first || verdict.entity.side === attack.side) attack.reasons = verdict.reasons;
}

/** The attack turned out to be of another family: its identity follows. */
export function renameAttack(attack: Attack, family: Family, parties: Parties, verdict: Verdict): void {
  attack.family = family;
  Object.assign(attack, identityOf(family, parties, verdict));
  attack.reasons = verdict.reasons;
}

function identityOf(family: Family, parties: Parties, { entity }: Verdict): { side: AttackSide; ip: string } {
  const side = identifyingSide(family, parties, entity.side);
  return { side, ip: (side === 'client' ? parties.client : parties.victim) ?? entity.ip };
}

/** Whether a verdict of this family between these parties belongs to the attack. */
export function isSameAttack(attack: Attack, family: Family, { client, victim, port }: Parties): boolean {
  if (attack.family !== family) return false;
  if (attack.side === 'client') return client === null ? attack.hosts.has(victim ?? '') : client === attack.ip;
  if (victim !== attack.ip) return victim === null && isMaker(attack, client);
  if (STRIKES_HOST.has(family) || port === null || isMaker(attack, client)) return true;
  const own = servicePortOf(attack);
  return own === null || own === port;
}

/**
 * Whether a verdict of another family may be about the same attack: the same client and victim; or, where only one of
 * them is known, that one, the victim only within `nearUs` of the attack (others are attacked there later).
 */
export function sharesParties(attack: Attack, { client, victim }: Parties, atUs: number, nearUs: number): boolean {
  if (client !== null) return isMaker(attack, client) && (victim === null || attack.hosts.has(victim));
  return Math.abs(atUs - attack.lastUs) <= nearUs && attack.hosts.share(victim ?? '') >= MAKER_SHARE;
}

/**
 * Whether a verdict only shows the victim's answers: packets to invented or vanished clients, come too late to belong to
 * a flow, look as if the flooded server were scanning. Other things that a victim does are never taken for that.
 */
export function isEcho(attack: Attack, family: Family, { client, victim }: Parties): boolean {
  if (attack.side !== 'server' || client !== attack.ip) return false;
  if (!STRIKES_HOST.has(family) && family !== 'unknown') return false;
  return victim === null ? STRIKES_HOST.has(attack.family) : isMaker(attack, victim);
}

function isMaker(attack: Attack, client: string | null): boolean {
  return client !== null && attack.clients.share(client) >= MAKER_SHARE;
}

/** The port that most of the flows went to, on the victim; null where there is none, or the client is the identity. */
export function servicePortOf(attack: Attack): number | null {
  if (attack.side === 'client') return null;
  const [main] = servicesOf(attack).filter(({ ip }) => ip === attack.ip);
  if (main === undefined || main.port === null) return null;
  return attack.services.share(`${main.ip} ${main.port}`) > 0.5 * attack.hosts.share(attack.ip) ? main.port : null;
}

/** The other side, most active first, at most 50; whoever has less than an eighth of the first is a bystander. */
export function peersOf(attack: Attack): Peer[] {
  const all =
    attack.side === 'client'
      ? servicesOf(attack)
      : attack.clients.top(MOST_ADDRESSES).map(({ key, count }) => ({ ip: key, port: null, flows: count }));
  const least = (all[0]?.flows ?? 0) / 8;
  return all.filter(({ flows }) => flows >= least).slice(0, 50);
}

function servicesOf(attack: Attack): Peer[] {
  return attack.services.top(MOST_ADDRESSES).map(({ key, count }) => {
    const [ip = '', port = ''] = key.split(' ');
    return { ip, port: port === '' ? null : Number(port), flows: count };
  });
}

/** Packet time of its first packet, as the clients' verdicts tell it: a server's windows hold others' flows, too. */
export function firstUsOf({ seen, lastUs }: Attack): number {
  const firstUs = seen.client.firstUs < Infinity ? seen.client.firstUs : seen.server.firstUs;
  return Math.min(firstUs, lastUs);
}

/** Distinct flows: the clients' and the servers' verdicts count the same ones. */
export function flowsOf({ seen }: Attack): number {
  return Math.max(seen.client.flows, seen.server.flows);
}

/** How strongly the attack has shown its own family lately: about 9 after some seconds of two judgements each, then less. */
export function momentumAt(attack: Attack, atUs: number): number {
  return attack.momentum * 2 ** (Math.min(0, attack.momentumUs - atUs) / HALF_LIFE_US);
}

/** Whether the family's every step is a new flow, so that without new flows there is no sight of it. */
function showsInNewFlows(family: Family): boolean {
  return family === 'syn-flood' || family === 'port-scan' || family === 'host-sweep' || family === 'brute-force';
}
