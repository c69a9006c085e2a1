import { type Hosts, listHosts } from '../addresses.ts';
import type { LabKind } from '../lab-kind.ts';
import type { Random } from '../random.ts';

/** What lies between the gateway and one machine outside. */
export interface Path {
  readonly ip: string;
  /** Shortest time in one direction, milliseconds. */
  readonly oneWayMs: number;
  /** Mean of what comes on top, different for each packet, milliseconds. */
  readonly jitterMs: number;
  /** Share of packets lost, in each direction. */
  readonly loss: number;
  /** Share of packets that may overtake the ones before them. */
  readonly reordering: number;
}

/** Round trips of the two labs, milliseconds: b's are between a's. */
const ROUND_TRIP_MS = { a: { least: 5, most: 150 }, b: { least: 12, most: 90 } };

/** A path to every machine outside: near or far, clean or lossy (up to 2 %), now and then one that reorders. */
export function drawPaths(random: Random, hosts: Hosts, lab: LabKind): Path[] {
  const outside = listHosts(hosts).filter((host) => host.outside);
  const { least, most } = ROUND_TRIP_MS[lab];
  return outside.map(({ ip }) => {
    const oneWayMs = random.logBetween(least, most) / 2;
    return {
      ip,
      oneWayMs,
      jitterMs: oneWayMs * random.logBetween(0.005, 0.15),
      loss: random.chance(0.5) ? 0 : random.logBetween(0.0005, 0.02),
      reordering: random.chance(0.15) ? random.logBetween(0.0005, 0.01) : 0,
    };
  });
}
