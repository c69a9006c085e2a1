import { httpFlood } from '../attacks/http-flood.ts';
import { siegeFlood } from '../attacks/siege.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { PAGES, TINY_PATH } from '../servers/web-paths.ts';
import { attackPlan } from './attack-plan.ts';
import { drawFloodSeconds, drawTiming } from './attack-window.ts';

/** Requests of one run; each is some ten packets where it has a connection of its own. */
const MOST_REQUESTS = 12_000;
/** The relay to the outside is one Node program. */
const MOST_OUTSIDE_PER_SECOND = 500;
/** A connection has one request under way; too few would make no flood of it. */
const MOST_ROUND_TRIP_SECONDS = 0.15;

export const httpFloodScenario: Scenario = {
  name: 'http-flood',
  family: 'http-flood',
  summary: 'wrk or siege from one to four machines, inside or outside, a few kept connections or one for each request',
  plan(random, { quick }) {
    const attackers = random.pick([1, 1, 2, 4]);
    const attackersOutside = random.chance(0.35);
    const fullSpeed = !attackersOutside && random.chance(0.1);
    const keepAlive = random.chance(0.45);
    const most = attackersOutside ? MOST_OUTSIDE_PER_SECOND : keepAlive ? 2_500 : 1_200;
    const requestsPerSecond = Math.round(random.logBetween(100, most) / Math.sqrt(attackers));
    const tool = random.pick(['wrk', 'wrk', 'siege'] as const);
    const fewest = attackersOutside ? Math.ceil(requestsPerSecond * MOST_ROUND_TRIP_SECONDS) : 2;
    const connections = Math.max(fewest, Math.round(random.logBetween(2, 120)));
    const paths = drawPaths(random);
    const port = tool === 'siege' && requestsPerSecond < 300 && random.chance(0.5) ? 443 : 80;
    const perSecond = fullSpeed ? 10_000 : requestsPerSecond * attackers;
    const timing = drawTiming(random, { quick, ...drawFloodSeconds(random, { perSecond, budget: MOST_REQUESTS }) });
    const seeds = Array.from({ length: attackers }, () => random.integer(1, 1_000_000));
    return attackPlan(random, timing, {
      parameters: {
        tool,
        fullSpeed,
        keepAlive,
        requestsPerSecondEach: requestsPerSecond,
        connections,
        port,
        paths: paths.join(' '),
      },
      attackers,
      attackersOutside,
      heavy: perSecond > 1_000,
      looksLike: ['pages'],
      attack(window, attacker) {
        if (tool === 'siege') {
          // A user's delay is half of the most on average.
          const delaySeconds = fullSpeed ? 0 : Number(((2 * connections) / requestsPerSecond).toFixed(3));
          return siegeFlood({ attacker, port, paths, users: connections, delaySeconds, keepAlive }, window);
        }
        const rate = fullSpeed ? null : requestsPerSecond;
        const load = { port, paths, connections, requestsPerSecond: rate, keepAlive, seed: seeds[attacker] };
        return httpFlood(attacker, window, load);
      },
    });
  },
};

/** One page again and again, a few, or guesses. None that the app answers: web's calls to it would be half an attack. */
function drawPaths(random: Random): string[] {
  const small = PAGES.filter((page) => page !== '/photo.jpg' && page !== '/app.js');
  const guesses = Array.from({ length: 20 }, () => `/?q=${random.integer(1, 1_000_000)}`);
  return random.pick([['/'], [TINY_PATH], small, guesses, ['/not-there']]);
}
