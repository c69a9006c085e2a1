import type { Family } from '#core/family.ts';
import { KubeSecureError } from '#core/error.ts';
import { addressNumber, type PacketHead, readPackets } from './pcap.ts';
import type { FiveTuple, TruthAttack } from './truth.ts';

/** An attack as the lab carried it out: its footprint and the wall time around the tool, microseconds. */
export interface CarriedOut {
  readonly family: Family;
  readonly fromUs: number;
  readonly toUs: number;
  readonly attackers: readonly string[];
  readonly victims: TruthAttack['victims'];
  readonly fiveTuples: TruthAttack['fiveTuples'];
}

/** A tool's kernel may close its connections a moment after the tool has ended. */
const AFTER_US = 500_000;

/**
 * Finds in a capture what was really sent. Attacks of one family on the same victims that overlap become one, with all
 * their attackers. Throws `internal` for an attack that left no packet: such a run would be labelled wrongly.
 */
export function observe(
  capture: Buffer,
  hosts: readonly { readonly ip: string }[],
  carriedOut: readonly CarriedOut[],
): { packets: number; startUs: number; endUs: number; attacks: TruthAttack[] } {
  const own = new Set(hosts.map((host) => addressNumber(host.ip)));
  const seen = carriedOut.map((attack) => ({
    attack,
    tuples: attack.fiveTuples.map(asNumbers),
    packets: 0,
    startUs: Infinity,
    endUs: -Infinity,
  }));
  const total = { packets: 0, startUs: Infinity, endUs: -Infinity };

  for (const packet of readPackets(capture)) {
    count(total, packet);
    for (const one of seen) {
      const isInWindow = packet.timeUs >= one.attack.fromUs && packet.timeUs <= one.attack.toUs + AFTER_US;
      if (isInWindow && one.tuples.some((tuple) => isSentBy(tuple, packet, own))) count(one, packet);
    }
  }
  return { ...total, attacks: merge(seen.map(({ attack, ...figures }) => asTruth(attack, figures))) };
}

interface Figures {
  packets: number;
  startUs: number;
  endUs: number;
}

interface NumericTuple {
  readonly src: number | null;
  readonly dst: number;
  readonly srcPort: number | null;
  readonly dstPort: number | null;
  readonly protocol: number;
}

function asNumbers(tuple: FiveTuple): NumericTuple {
  return { ...tuple, src: tuple.src === null ? null : addressNumber(tuple.src), dst: addressNumber(tuple.dst) };
}

function count(figures: Figures, packet: PacketHead): void {
  figures.packets++;
  figures.startUs = Math.min(figures.startUs, packet.timeUs);
  figures.endUs = Math.max(figures.endUs, packet.timeUs);
}

function isSentBy(tuple: NumericTuple, packet: PacketHead, own: ReadonlySet<number>): boolean {
  return (
    packet.protocol === tuple.protocol &&
    packet.dst === tuple.dst &&
    (tuple.src === null ? !own.has(packet.src) : packet.src === tuple.src) &&
    (tuple.srcPort === null || packet.srcPort === tuple.srcPort) &&
    (tuple.dstPort === null || packet.dstPort === tuple.dstPort)
  );
}

function asTruth(attack: CarriedOut, figures: Figures): TruthAttack {
  if (figures.packets === 0) {
    throw new KubeSecureError('internal', `while labelling the capture: the ${attack.family} left no packet in it`);
  }
  const { family, attackers, victims, fiveTuples } = attack;
  const { packets, startUs, endUs } = figures;
  return { family, startUs, endUs, packets, attackers: [...attackers], victims, fiveTuples };
}

function merge(attacks: readonly TruthAttack[]): TruthAttack[] {
  const merged: TruthAttack[] = [];
  for (const attack of attacks.toSorted((a, b) => a.startUs - b.startUs)) {
    const index = merged.findIndex((earlier) => areOne(earlier, attack));
    if (index === -1) merged.push(attack);
    else merged[index] = joined(merged[index], attack);
  }
  return merged;
}

function areOne(earlier: TruthAttack, later: TruthAttack): boolean {
  const sameVictims = JSON.stringify(earlier.victims) === JSON.stringify(later.victims);
  return earlier.family === later.family && sameVictims && later.startUs <= earlier.endUs;
}

function joined(earlier: TruthAttack, later: TruthAttack): TruthAttack {
  return {
    ...earlier,
    endUs: Math.max(earlier.endUs, later.endUs),
    packets: earlier.packets + later.packets,
    attackers: [...new Set([...earlier.attackers, ...later.attackers])],
    fiveTuples: [...earlier.fiveTuples, ...later.fiveTuples],
  };
}
