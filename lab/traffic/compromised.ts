import type { Hosts } from '../addresses.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../scenario.ts';
import { PAGES } from '../servers/web-paths.ts';
import { lookUpNames } from './name-look-ups.ts';
import { load } from './wrk.ts';

/** What a machine does besides its attack. */
export type OrdinaryWork = 'pages' | 'look-ups';

/** Between its last ordinary request and its attack an attacker is still, so that no flow is half of each. */
const STILL_MS = 1_500;

/**
 * A taken-over pod goes on with its work: it looks names up and asks the web server for pages. Work that looks like its
 * attack on the wire (`stops`) ends shortly before the attack, so that every flow has one label.
 */
export function compromisedHabits(
  random: Random,
  options: {
    attackers: number;
    attackStartMs: number;
    durationMs: number;
    work: readonly OrdinaryWork[];
    stops: readonly OrdinaryWork[];
  },
): Activity[] {
  const endMs = (work: OrdinaryWork) =>
    options.stops.includes(work) ? options.attackStartMs - STILL_MS : options.durationMs;
  return Array.from({ length: options.attackers }, (_, index) => index).flatMap((index) => {
    const stream = random.fork(`compromised ${index}`);
    const machine = (hosts: Hosts) => hosts.attackers[index];
    const pages = {
      port: 80,
      paths: stream.shuffle(PAGES),
      connections: 1,
      requestsPerSecond: stream.logBetween(1, 8),
      keepAlive: stream.chance(0.5),
      seed: stream.integer(1, 1_000_000),
    };
    const plays = { pages: load(machine, pages), 'look-ups': lookUpNames(machine, stream, 2_000) };
    return options.work.map((work): Activity => ({ startMs: 0, endMs: endMs(work), play: plays[work] }));
  });
}
