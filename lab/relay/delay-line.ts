import type { Random } from '../random.ts';
import { addressNumber } from '../pcap.ts';
import type { Path } from './paths.ts';

/** Which way a packet goes, seen from the machine outside. */
export type Direction = 'in' | 'out';

/** Decides about every packet: when it arrives, or that it does not. */
export interface DelayLine {
  /** Milliseconds on the caller's clock at which the packet is due; null: it is lost. */
  dueMs(packet: Buffer, direction: Direction, nowMs: number): number | null;
}

/** A router's queue is finite: nothing waits longer. */
const MOST_EXTRA_MS = 200;
const SOURCE_OFFSET = 12;
const DESTINATION_OFFSET = 16;

/**
 * Delays by path. Packets of one path and direction arrive in the order they were sent, but for the share that may
 * overtake. An address of no path (an invented source) is given one of the paths, always the same.
 */
export function createDelayLine(paths: readonly Path[], random: Random): DelayLine {
  const lanes = paths.map((path) => ({ path, lastMs: { in: 0, out: 0 } }));
  const laneOfAddress = new Map(lanes.map((lane) => [addressNumber(lane.path.ip), lane]));

  return {
    dueMs(packet, direction, nowMs) {
      const address = packet.readUInt32BE(direction === 'in' ? SOURCE_OFFSET : DESTINATION_OFFSET);
      const { path, lastMs } = laneOfAddress.get(address) ?? lanes[address % lanes.length];
      if (random.chance(path.loss)) return null;
      const extraMs = Math.min(-Math.log(1 - random.unit()) * path.jitterMs, MOST_EXTRA_MS);
      const dueMs = nowMs + path.oneWayMs + extraMs;
      if (path.reordering > 0 && random.chance(path.reordering)) return dueMs;
      lastMs[direction] = Math.max(lastMs[direction], dueMs);
      return lastMs[direction];
    },
  };
}
