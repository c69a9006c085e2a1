import type { Alert } from '#core/alert.ts';
import type { AttackSide, Family } from '#core/family.ts';
import type { Peer, Reason, Verdict } from '#core/verdict.ts';
import { isKin, SHOWS_IN_NEW_FLOWS } from './family-kinship.ts';
import type { Parties } from './parties.ts';
import { createTally, type Tally } from './tally.ts';

/** One attack that goes on: everything its verdicts said so far. Times are packet time, microseconds. */
export interface Attack {
  readonly id: string;
  family: Family;
  /** What identifies it: the flooded server or the scanning client. */
  side: AttackSide;
  ip: string;
  /** The client that was judged last; null while only servers were, and servers have other clients, too. */
  judgedClient: string | null;
  readonly openedUs: number;
  lastUs: number;
  /** The last verdict of its own family, or of one that is easily taken for it. */
  namedUs: number;
  verdicts: number;
  score: number;
  threshold: number;
  pValue: number;
  reasons: readonly Reason[];
  /** Sum of the scores of its verdicts for each family. */
  readonly votes: Map<Family, number>;
  clients: Tally;
  /** Keys are `ip port`. */
  services: Tally;
  hosts: Tally;
  /** Hosts that its client dealt with at all, what its family cannot be about included. */
  met: Tally;
  /** What clients' and servers' verdicts counted of the same flows. */
  readonly seen: Record<AttackSide, { flows: number; firstUs: number }>;
  /** Workload names that verdicts brought along, by address. */
  readonly workloads: Map<string, string>;
}

const MOST_ADDRESSES = 1000;
/** Verdicts whose scores differ by less say the same. */
const ABOUT_EQUAL = 0.05;
/** A quiet entity's window may hold flows from long before the attack. */
const LOOKBACK_US = 60e6;
/** An attack that went on before a restart is believed to have gone on meanwhile. */
const RESTART_US = 10e6;

/** An attack without any verdict yet, as this one shows it. */
export function newAttack(
  id: string,
  identity: Pick<Attack, 'side' | 'ip'>,
  { family, atUs, threshold }: Verdict,
): Attack {
  return {
    id,
    family,
    ...identity,
    judgedClient: null,
    openedUs: atUs,
    lastUs: atUs,
    namedUs: atUs,
    verdicts: 0,
    score: 0,
    threshold,
    pValue: 1,
    reasons: [],
    votes: new Map(),
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
    judgedClient: entity.side === 'client' ? entity.ip : (alert.peers[0]?.ip ?? null),
    openedUs: firstUs,
    lastUs,
    namedUs: lastUs + RESTART_US,
    verdicts,
    score,
    threshold,
    pValue,
    reasons,
    votes: new Map([[family, verdicts * score]]),
    ...emptyTallies(),
    seen: { client: { flows, firstUs }, server: { flows, firstUs } },
    workloads: new Map(entity.workload === null ? [] : [[entity.ip, entity.workload]]),
  };
  for (const peer of alert.peers) {
    if (entity.side === 'client') addFlows(attack, entity.ip, peer.ip, peer.port, peer.flows);
    else addFlows(attack, peer.ip, entity.ip, entity.port, peer.flows);
    attack.met.add(entity.side === 'client' ? peer.ip : entity.ip, 1);
  }
  return attack;
}

/** Adds a verdict to the attack, whatever family it names. */
export function addVerdict(attack: Attack, verdict: Verdict, { peers, met }: Parties): void {
  const { entity, family, atUs, flows } = verdict;
  attack.verdicts++;
  // The flows of a flood end long after its last packet; their ends are no new sight of it.
  if (flows > 0 || !SHOWS_IN_NEW_FLOWS.has(family)) attack.lastUs = Math.max(attack.lastUs, atUs);
  if (family === attack.family || (family !== 'unknown' && isKin(attack.family, family))) {
    attack.namedUs = Math.max(attack.namedUs, atUs);
  }
  attack.pValue = Math.min(attack.pValue, verdict.pValue);
  attack.votes.set(family, (attack.votes.get(family) ?? 0) + verdict.score);
  if (entity.side === 'client') attack.judgedClient = entity.ip;
  if (entity.workload !== null) attack.workloads.set(entity.ip, entity.workload);

  const seen = attack.seen[entity.side];
  seen.flows += flows;
  seen.firstUs = Math.min(seen.firstUs, Math.max(verdict.firstUs, atUs - LOOKBACK_US));
  for (const peer of peers) {
    if (entity.side === 'client') addFlows(attack, entity.ip, peer.ip, peer.port, peer.flows);
    else addFlows(attack, peer.ip, entity.ip, entity.port, peer.flows);
  }
  for (const host of met) attack.met.add(host, 1);
  takeReasons(attack, verdict);
}

/** The attack turned out to be of another family. */
export function renameAttack(
  attack: Attack,
  identity: Pick<Attack, 'side' | 'ip'>,
  { family, reasons }: Verdict,
): void {
  attack.family = family;
  Object.assign(attack, identity);
  attack.reasons = reasons;
}

/** What was seen of who and whom was only what the victim passed on: the attack begins elsewhere. */
export function forgetParties(attack: Attack): void {
  Object.assign(attack, emptyTallies());
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

function emptyTallies(): Pick<Attack, 'clients' | 'services' | 'hosts' | 'met'> {
  return {
    clients: createTally(MOST_ADDRESSES),
    services: createTally(MOST_ADDRESSES),
    hosts: createTally(MOST_ADDRESSES),
    met: createTally(MOST_ADDRESSES),
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
  const isWeaker = verdict.score < attack.score - ABOUT_EQUAL;
  if (!first && (verdict.family !== attack.family || isWeaker)) return;
  attack.score = Math.max(attack.score, verdict.score);
  attack.threshold = verdict.threshold;
  // What is usual differs between clients and servers: the identifying side's own numbers go before the other's.
  if (first || verdict.entity.side === attack.side) attack.reasons = verdict.reasons;
}
