import { hostSweep } from '../attacks/host-sweep.ts';
import type { Scenario } from '../scenario.ts';
import { attackPlan } from './attack-plan.ts';
import { drawTiming } from './attack-window.ts';

/** What is looked for: logins, web servers, databases, shares. */
const PORTS = [[22], [80], [443], [445], [3306], [5432], [6379], [8080], [10250], [80, 443], [22, 80, 6379]] as const;

export const hostSweepScenario: Scenario = {
  name: 'host-sweep',
  family: 'host-sweep',
  summary: 'masscan, or nmap by SYN, connect or echo, asks every address of the subnet or of a part of it',
  plan(random, { quick }) {
    const technique = random.pick(['masscan', 'masscan', 'syn', 'connect', 'echo', 'ping'] as const);
    const ports = technique === 'echo' ? [] : random.pick(PORTS);
    const from = random.chance(0.6) ? 1 : random.integer(1, 180);
    const to = from === 1 && random.chance(0.7) ? 254 : random.integer(from + 30, 254);
    const timing = drawTiming(random, { quick, leastSeconds: 15, mostSeconds: 40, waves: false });
    const seconds = (timing.windows[0].endMs - timing.windows[0].startMs) / 1_000;
    const questions = (to - from + 1) * Math.max(1, ports.length);
    // Slow enough to fill the window, or up to fifty times as fast.
    const packetsPerSecond = Math.max(2, Math.round((questions / seconds) * random.logBetween(0.7, 50)));
    return attackPlan(random, timing, {
      parameters: { technique, ports: ports.join(' '), from, to, packetsPerSecond },
      attackers: 1,
      targets: random.integer(0, 12),
      looksLike: ['pages'],
      attack: (window) => hostSweep({ attacker: 0, technique, ports, from, to, packetsPerSecond }, window),
    });
  },
};
