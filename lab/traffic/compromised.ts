import type { Hosts } from '../addresses.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../scenario.ts';
import { PAGES } from '../servers/nginx.ts';
import { lookUpNames } from './housekeeping.ts';
import { load } from './wrk.ts';

/** Between its last ordinary request and its attack an attacker is still, so that no flow is half of each. */
const STILL_MS = 1_500;

/**
 * What an attacker does besides: a taken-over pod goes on with its work. It looks names up all the time (UDP, so no such
 * flow can be taken for the attack's) and asks the web server for pages until shortly before its attack.
 */
export function compromisedHabits(
  random: Random,
  options: { attackers: number; attackStartMs: number; durationMs: number },
): Activity[] {
  const pagesEndMs = options.attackStartMs - STILL_MS;
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
    const lookUps = { startMs: 0, endMs: options.durationMs, play: lookUpNames(machine, stream, 2_000) };
    return pagesEndMs > 500 ? [lookUps, { startMs: 0, endMs: pagesEndMs, play: load(machine, pages) }] : [lookUps];
  });
}
