import { reverseShell } from '../attacks/reverse-shell.ts';
import type { Scenario } from '../scenario.ts';
import { attackPlan } from './attack-plan.ts';
import { drawTiming } from './attack-window.ts';

/** Ports of habit; none that the remote machine uses itself. */
const PORTS = [4444, 1337, 8443, 9001, 5555, 8080, 53, 31_337] as const;

export const reverseShellScenario: Scenario = {
  name: 'reverse-shell',
  family: 'reverse-shell',
  summary: 'socat gives a machine on the internet a shell inside, over TCP or TLS, and somebody types',
  plan(random, { quick }) {
    const shell = {
      port: random.pick(PORTS),
      tls: random.chance(0.4),
      typing: random.pick(['lines', 'keys'] as const),
      meanPauseMs: quick ? 500 : Math.round(random.logBetween(600, 5_000)),
      seed: random.integer(1, 1_000_000),
    };
    const timing = drawTiming(random, { quick, leastSeconds: 20, mostSeconds: 50, waves: false });
    const { seed: _seed, ...parameters } = shell;
    return attackPlan(random, timing, {
      parameters,
      attackers: 1,
      services: ['remote'],
      looksLike: [],
      attack: (window) => reverseShell({ attacker: 0, ...shell }, window),
    });
  },
};
