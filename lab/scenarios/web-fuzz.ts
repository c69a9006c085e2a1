import { webFuzz } from '../attacks/web-fuzz.ts';
import type { Scenario } from '../scenario.ts';
import { attackPlan } from './attack-plan.ts';
import { drawTiming } from './attack-window.ts';

export const webFuzzScenario: Scenario = {
  name: 'web-fuzz',
  family: 'web-attack',
  summary: 'ffuf looks for hidden files, hostile parameters, passwords or hosts, 2 to 400 requests/s',
  plan(random, { quick }) {
    const attackersOutside = random.chance(0.5);
    const slow = random.chance(0.3);
    const requestsPerSecond = slow ? random.logBetween(2, 20) : random.logBetween(20, attackersOutside ? 200 : 400);
    const most = Math.max(1, Math.min(40, requestsPerSecond));
    const fuzz = {
      requestsPerSecond,
      port: random.pick([80, 80, 443, 8080] as const),
      kind: random.pick(['paths', 'paths', 'parameters', 'logins', 'hosts'] as const),
      threads: Math.round(random.logBetween(1, most)),
      seed: random.integer(1, 1_000_000),
    };
    const timing = drawTiming(random, { quick, leastSeconds: 15, mostSeconds: 40 });
    const { seed: _seed, ...parameters } = fuzz;
    return attackPlan(random, timing, {
      parameters,
      attackers: 1,
      attackersOutside,
      looksLike: fuzz.port === 80 ? ['pages'] : [],
      attack: (window) => webFuzz({ attacker: 0, ...fuzz }, window),
    });
  },
};
