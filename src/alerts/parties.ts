import { type AttackSide, FAMILY_FACTS, type Family } from '#core/family.ts';
import { SERVICE_KINDS, serviceKindIndex } from '#core/service-kind.ts';
import type { Peer, Verdict } from '#core/verdict.ts';
import { LINKED } from './family-kinship.ts';
import { isOutside } from './outside.ts';

/** Who does it to whom, as one verdict shows it. */
export interface Parties {
  /** The side that was judged. */
  readonly side: AttackSide;
  /** The one client behind most of the judged flows; null where there are many (or spoofed) ones. */
  readonly client: string | null;
  /** The one host that most of the judged flows went to; null where they went to many. */
  readonly victim: string | null;
  /** The service port there; null where the flows went to several. */
  readonly port: number | null;
  /** The other side, as far as an attack of this family can be about them. */
  readonly peers: readonly Peer[];
  /** Addresses of all hosts that the flows went to. */
  readonly met: readonly string[];
  /** Part of the flows that went to the host with the most of them, 0 to 1. */
  readonly focus: number;
}

/** More than this part of the flows makes a peer the one that a verdict is about. */
const MOST = 0.5;

export function partiesOf({ entity, family, peers: all }: Verdict): Parties {
  const { side } = entity;
  const peers = side === 'client' ? concerned(family, all) : all;
  const flowsByIp = flowsBy(peers, ({ ip }) => ip);
  const main = mainOf(flowsByIp);

  if (side === 'server') {
    const client = main ?? (FAMILY_FACTS[family].side === 'client' ? strictlyFirst(flowsByIp) : null);
    return { side, client, victim: entity.ip, port: entity.port, peers, met: [entity.ip], focus: 1 };
  }
  const ports = flowsBy(
    peers.filter(({ ip }) => ip === main),
    ({ port }) => port,
  );
  return {
    side,
    client: entity.ip,
    victim: main,
    port: mainOf(ports),
    peers,
    met: all.map(({ ip }) => ip),
    focus: focusOf(flowsByIp),
  };
}

/** The side that identifies an attack of this family between these parties. */
export function identifyingSide(family: Family, { side: judged, client, victim }: Parties): AttackSide {
  const side = family === 'unknown' ? judged : FAMILY_FACTS[family].side;
  if (side === 'server' && victim === null) return 'client';
  if (side === 'client' && client === null) return 'server';
  return side;
}

/**
 * A client's last flows are a mixture. What calls home or carries data away goes outside where anything does, and a
 * DNS tunnel to a name server; the rest is the client's ordinary work.
 */
function concerned(family: Family, peers: readonly Peer[]): readonly Peer[] {
  const some = LINKED.has(family)
    ? peers.filter(({ ip }) => isOutside(ip))
    : family === 'dns-tunnel'
      ? peers.filter(({ port }) => port !== null && SERVICE_KINDS[serviceKindIndex(port)] === 'dns')
      : peers;
  return some.length > 0 ? some : peers;
}

function flowsBy<T>(peers: readonly Peer[], keyOf: (peer: Peer) => T): Map<T, number> {
  const counts = new Map<T, number>();
  for (const peer of peers) counts.set(keyOf(peer), (counts.get(keyOf(peer)) ?? 0) + peer.flows);
  return counts;
}

function mainOf<T>(counts: ReadonlyMap<T, number>): T | null {
  const total = sum(counts.values());
  for (const [key, flows] of counts) if (flows > total * MOST) return key;
  return null;
}

/** Who has the most flows, if nobody else has as many. */
function strictlyFirst(counts: ReadonlyMap<string, number>): string | null {
  const [first, second] = [...counts].toSorted(([, a], [, b]) => b - a);
  return first !== undefined && first[1] > (second?.[1] ?? 0) ? first[0] : null;
}

function focusOf(counts: ReadonlyMap<string, number>): number {
  const total = sum(counts.values());
  return total === 0 ? 0 : Math.max(...counts.values()) / total;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
