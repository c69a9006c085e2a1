/** Which verdicts are about one attack: by their family, by who does it to whom, and by when. */
import { FAMILY_FACTS, type Family } from '#core/family.ts';
import type { Verdict } from '#core/verdict.ts';
import { type Attack, forgetParties, servicePortOf } from './attack.ts';
import {
  isKin,
  LINKED,
  NEAR_SECONDS,
  PASSED_ON,
  patienceSeconds,
  ROAMING,
  STRIKES_HOST,
  STRIKES_SERVICE,
} from './family-kinship.ts';
import { identifyingSide, type Parties } from './parties.ts';

/** A client with at least this part of the most active one's flows is one of an attack's makers, not a bystander. */
const MAKER_OF_LARGEST = 0.3;
/** A server's verdict is about an attack whose makers have this part of its flows, however busy somebody else is. */
const MAKERS_SHARE = 0.2;
/** An attack of which nobody makes more than this is by at least three. */
const MANY_SHARE = 0.4;
/** A host with this part of an attack's flows is what it is aimed at. */
const VICTIM_SHARE = 0.2;
/** A client that deals with at least four hosts alike attacks all of them; one with hardly any other, that one. */
const SPREAD_FOCUS = 0.3;
const SINGLE_FOCUS = 0.8;
const NEAR_US = NEAR_SECONDS * 1e6;
/** DNS that carries data: how it is named depends on how much of it is asked and how much answered. */
const TUNNELS: ReadonlySet<Family> = new Set(['dns-tunnel', 'exfiltration']);
const TUNNELS_NEAR_US = 20e6;

/** How well a verdict fits an open attack; 0 where it is about something else. */
export type Closeness = 0 | 1 | 2 | 3 | 4;

/**
 * 4: the attack's own family and identity. 3: its own family, seen from elsewhere. 2: a family it is easily taken for.
 * 1: any other, so close that it may be the attack's beginning or tail.
 * @param isYoung whether the attack's identity may still change
 */
export function closenessOf(
  attack: Attack,
  verdict: Verdict,
  parties: Parties,
  { gapSeconds, isYoung }: { readonly gapSeconds: number; readonly isYoung: boolean },
): Closeness {
  const { family, atUs } = verdict;
  const lastUs = family === 'unknown' || family === attack.family ? attack.lastUs : attack.namedUs;
  const silenceUs = Math.max(0, atUs - lastUs);
  if (silenceUs > patienceSeconds(attack.family, family, gapSeconds) * 1e6) return 0;
  const sight: Sight = { family, parties, silenceUs, isNear: silenceUs <= NEAR_US, isYoung };
  if (family === attack.family && isIdentity(attack, sight)) return 4;
  if (isBehind(attack, sight)) return 3;
  if (family === attack.family) return isSameAttack(attack, sight) ? 3 : 0;
  if (!sharesParties(attack, sight)) return 0;
  return isKin(attack.family, family) ? 2 : 1;
}

/**
 * Whether a verdict only shows the victim's answers: packets to invented or vanished clients, come too late to belong to
 * a flow, look as if the flooded server were scanning. Other things that a victim does are never taken for that.
 */
export function isEcho(attack: Attack, family: Family, { client, victim }: Parties): boolean {
  if (client === null || (!STRIKES_HOST.has(family) && family !== 'unknown')) return false;
  if (attack.side === 'client') {
    return STRIKES_HOST.has(attack.family) && victim === attack.ip && attack.hosts.has(client);
  }
  if (client !== attack.ip) return false;
  return victim === null ? STRIKES_HOST.has(attack.family) : isMaker(attack, victim);
}

/** Whether a verdict shows the victim, a proxy or a resolver, passing on to others what it is asked. */
export function isPassedOn(attack: Attack, { family, atUs }: Verdict, { client, victim }: Parties): boolean {
  if (client === null || !isForwarded(attack, family) || atUs - attack.namedUs > NEAR_US) return false;
  return isVictim(attack, client) && !isMaker(attack, client) && client !== victim;
}

/** What identifies an attack that this verdict is the first of, or gives a new name. */
export function identityOf(family: Family, parties: Parties, { entity }: Verdict): Pick<Attack, 'side' | 'ip'> {
  const side = identifyingSide(family, parties);
  return { side, ip: (side === 'client' ? parties.client : parties.victim) ?? entity.ip };
}

/** The same of an attack that is known already: a client that was judged goes before a server's guess at who it is. */
export function identityOfKnown(attack: Attack, parties: Parties, verdict: Verdict): Pick<Attack, 'side' | 'ip'> {
  const { side, ip } = identityOf(verdict.family, parties, verdict);
  const isGuess = side === 'client' && parties.side === 'server';
  return { side, ip: isGuess && attack.judgedClient !== null ? attack.judgedClient : ip };
}

/**
 * Corrects what identifies the attack by a verdict that is about to be added: the proxy's own client appears, the client
 * itself is judged, one client has more than one victim, one victim has more than one unusual client.
 */
export function correctIdentity(attack: Attack, { family, atUs }: Verdict, parties: Parties, isYoung: boolean): void {
  const { side, client, victim } = parties;
  const silenceUs = Math.max(0, atUs - attack.lastUs);
  if (isBehind(attack, { family, parties, silenceUs, isNear: silenceUs <= NEAR_US, isYoung })) {
    forgetParties(attack);
    const own = identifyingSide(attack.family, parties);
    Object.assign(attack, { side: own, ip: own === 'client' ? client : victim });
    return;
  }
  if (family !== attack.family) return;
  const isByClient = family !== 'unknown' && FAMILY_FACTS[family].side === 'client';

  if (isByClient && side === 'client' && attack.judgedClient === null) {
    Object.assign(attack, { side, ip: client });
  } else if (attack.side === 'server' && victim !== attack.ip && client !== null && isOnlyMaker(attack, client)) {
    const isSpread = isYoung && parties.focus <= SPREAD_FOCUS;
    if (victim !== null || isSpread) Object.assign(attack, { side: 'client', ip: client });
  } else if (family === 'unknown' && attack.side === 'client' && client !== attack.ip && victim !== null) {
    Object.assign(attack, { side: 'server', ip: victim });
  }
}

/** A verdict beside an attack: what is needed to tell whether they belong together. */
interface Sight {
  readonly family: Family;
  readonly parties: Parties;
  /** Since the attack was last seen. */
  readonly silenceUs: number;
  /** Whether that is so little that nothing else can have begun. */
  readonly isNear: boolean;
  readonly isYoung: boolean;
}

function isIdentity(attack: Attack, { family, parties }: Sight): boolean {
  if (attack.side === 'server') return parties.victim === attack.ip && portFits(attack, family, parties.port);
  return parties.client === attack.ip && (!LINKED.has(family) || meets(attack, family, parties));
}

/** The verdict is of the attack's own family. */
function isSameAttack(attack: Attack, sight: Sight): boolean {
  return attack.side === 'client' ? isOfClient(attack, sight) : isOnServer(attack, sight);
}

function isOfClient(attack: Attack, { family, parties, isNear }: Sight): boolean {
  const { side, client, victim, peers, focus } = parties;
  if (family === 'unknown' && isNear && focus >= SINGLE_FOCUS && isVictim(attack, victim ?? '')) return true;
  if (side === 'client') {
    const isKnown = client !== null && attack.clients.has(client);
    return isKnown && attack.judgedClient === null && meets(attack, family, parties);
  }
  const isMet = peers.some(({ ip }) => ip === attack.ip);
  return (isMet || client === null) && attack.met.has(victim ?? '');
}

function isOnServer(attack: Attack, { family, parties, isNear, isYoung }: Sight): boolean {
  const { client, victim, port } = parties;
  if (victim === attack.ip) return isMaker(attack, client) || portFits(attack, family, port);
  if (victim === null) return isMaker(attack, client);
  if (family === 'unknown' && isInvolved(attack, parties) && meets(attack, family, parties)) return true;
  if (client === null || !isOnlyMaker(attack, client)) return false;
  // The same client does the same to several hosts, and each of them is judged before the client is.
  return family === 'unknown' ? isNear : isYoung && (attack.judgedClient === null || attack.met.has(victim));
}

/** The verdict is of another family: its parties must be the attack's. */
function sharesParties(attack: Attack, { family, parties, silenceUs, isNear }: Sight): boolean {
  const { side, client, victim, port } = parties;
  const isBoundToPort = STRIKES_SERVICE.has(attack.family) && STRIKES_SERVICE.has(family);
  if (isBoundToPort && !portFits(attack, family, port)) return false;
  // Whoever deals with a flooded server behaves unlike himself.
  if (family === 'unknown' && isNear && attack.side === 'server' && victim === attack.ip) return true;
  if (side === 'server' && client === null) return isVictim(attack, victim ?? '');
  if (isKin(attack.family, family) && isNear && victim === attack.ip && isByMany(attack)) return true;
  if (!isInvolved(attack, parties)) return false;
  if (ROAMING.has(attack.family) && ROAMING.has(family)) return true;
  if (attack.family === 'host-sweep' && side === 'server') return true;
  if (TUNNELS.has(attack.family) && TUNNELS.has(family) && silenceUs <= TUNNELS_NEAR_US) return true;
  return meets(attack, family, parties);
}

/** Whether the verdict's client is the attack's; of a server, whether the attack's makers are among its clients. */
function isInvolved(attack: Attack, { side, client, peers }: Parties): boolean {
  if (isMaker(attack, client)) return true;
  if (side === 'client') return attack.judgedClient === null && attack.clients.has(client ?? '');
  let makers = 0;
  let all = 0;
  for (const { ip, flows } of peers) {
    all += flows;
    if (isMaker(attack, ip)) makers += flows;
  }
  return makers > 0 && makers >= all * MAKERS_SHARE;
}

/** Whether the verdict's victim is one of the attack's hosts; any of a client's, where its main one says little. */
function meets(attack: Attack, family: Family, { side, victim, peers, met }: Parties): boolean {
  const isVague = family === 'unknown' || attack.family === 'unknown';
  if (side === 'server' || isVague) return met.some((ip) => attack.met.has(ip));
  if (victim !== null && !LINKED.has(family)) return attack.hosts.has(victim);
  return peers.some(({ ip }) => attack.hosts.has(ip));
}

/** Whether the verdict shows who stands behind an attack of which only what a proxy passed on was seen. */
function isBehind(attack: Attack, { family, parties, isNear }: Sight): boolean {
  const { client, victim } = parties;
  if (victim === null || !isNear || !isForwarded(attack, family) || client === victim) return false;
  return isOnlyMaker(attack, victim) && !attack.hosts.has(victim);
}

function isForwarded({ family: own }: Attack, family: Family): boolean {
  return PASSED_ON.has(own) && (PASSED_ON.has(family) || TUNNELS.has(family)) && isKin(own, family);
}

function isMaker(attack: Attack, client: string | null): boolean {
  return client !== null && attack.clients.ofLargest(client) >= MAKER_OF_LARGEST;
}

function isOnlyMaker(attack: Attack, client: string): boolean {
  return attack.clients.share(client) > 0.5;
}

/** Where so many take part, one more does, too. */
function isByMany(attack: Attack): boolean {
  return attack.clients.largestShare() <= MANY_SHARE;
}

function isVictim(attack: Attack, host: string): boolean {
  return attack.hosts.share(host) >= VICTIM_SHARE;
}

function portFits(attack: Attack, family: Family, port: number | null): boolean {
  if (STRIKES_HOST.has(family) || port === null) return true;
  const own = servicePortOf(attack);
  return own === null || own === port;
}
