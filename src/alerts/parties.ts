import type { Family } from '#core/family.ts';
import { type AttackSide, FAMILY_FACTS } from '#core/family.ts';
import type { Peer, Verdict } from '#core/verdict.ts';

/** Who does it to whom, as one verdict shows it. */
export interface Parties {
  /** The one client behind most of the judged flows; null where there are many (or spoofed) ones. */
  readonly client: string | null;
  /** The one host that most of the judged flows went to; null where they went to many. */
  readonly victim: string | null;
  /** The service port there; null where the flows went to several. */
  readonly port: number | null;
}

/** More than this part of the flows makes a peer the one that a verdict is about. */
const MOST = 0.5;

export function partiesOf({ entity, peers }: Verdict): Parties {
  if (entity.side === 'server') return { client: mainIpOf(peers), victim: entity.ip, port: entity.port };
  const victim = mainIpOf(peers);
  return { client: entity.ip, victim, port: mainPortOf(peers.filter(({ ip }) => ip === victim)) };
}

/** The side that identifies an attack of this family between these parties. */
export function identifyingSide(family: Family, parties: Parties, judged: AttackSide): AttackSide {
  const side = family === 'unknown' ? judged : FAMILY_FACTS[family].side;
  if (side === 'server' && parties.victim === null) return 'client';
  if (side === 'client' && parties.client === null) return 'server';
  return side;
}

function mainIpOf(peers: readonly Peer[]): string | null {
  return mainOf(peers.map(({ ip, flows }) => [ip, flows]));
}

function mainPortOf(peers: readonly Peer[]): number | null {
  return mainOf(peers.map(({ port, flows }) => [port, flows]));
}

function mainOf<T>(counted: readonly (readonly [T, number])[]): T | null {
  const counts = new Map<T, number>();
  let total = 0;
  for (const [key, flows] of counted) {
    counts.set(key, (counts.get(key) ?? 0) + flows);
    total += flows;
  }
  for (const [key, flows] of counts) if (flows > total * MOST) return key;
  return null;
}
