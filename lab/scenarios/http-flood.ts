import { httpFlood } from '../attacks/http-flood.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { PAGES, TINY_PATH } from '../servers/nginx.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { compromisedHabits } from '../traffic/compromised.ts';
import { drawWindow } from './attack-window.ts';

export const httpFloodScenario: Scenario = {
  name: 'http-flood',
  family: 'http-flood',
  summary: 'wrk from one to four machines, limited or at full speed, one or many requests per connection',
  plan(random, { quick }) {
    const clients = random.integer(3, 6);
    const attackers = random.pick([1, 1, 2, 4]);
    const fullSpeed = random.chance(0.15);
    const keepAlive = random.chance(0.45);
    const requestsPerSecond = Math.round(random.logBetween(150, keepAlive ? 2_500 : 1_200));
    const connections = Math.round(random.logBetween(4, 120));
    const paths = drawPaths(random);
    const compromised = random.chance(0.5);
    // At full speed nginx answers some 10,000 requests a second here: three seconds are plenty to keep.
    const { durationMs, windows } = drawWindow(random, { quick, mostSeconds: fullSpeed ? 3 : 12 });

    const day = drawBackground(random, random.between(0.3, 0.8));
    const habits = { attackers, attackStartMs: windows[0].startMs, durationMs };
    return {
      parameters: {
        ...day,
        attackers,
        fullSpeed,
        keepAlive,
        requestsPerSecondEach: requestsPerSecond,
        connections,
        paths: paths.join(' '),
        compromised,
        waves: windows.length,
      },
      durationMs,
      clients,
      attackers,
      activities: [
        ...backgroundActivities(random, day, { durationMs, clients }),
        ...(compromised ? compromisedHabits(random, habits) : []),
      ],
      attacks: windows.flatMap((window) =>
        Array.from({ length: attackers }, (_, attacker) => {
          const startMs = window.startMs + (attacker === 0 ? 0 : random.between(0, 1_000));
          const seed = random.integer(1, 1_000_000);
          const rate = fullSpeed ? null : requestsPerSecond;
          const settings = { port: 80, paths, connections, requestsPerSecond: rate, keepAlive, seed };
          return httpFlood(attacker, { startMs, endMs: window.endMs }, settings);
        }),
      ),
    };
  },
};

/** One page again and again, a few, or guesses. None that the app answers: web's calls to it would be half an attack. */
function drawPaths(random: Random): string[] {
  const small = PAGES.filter((page) => page !== '/photo.jpg' && page !== '/app.js');
  const guesses = Array.from({ length: 20 }, () => `/?q=${random.integer(1, 1_000_000)}`);
  return random.pick([['/'], [TINY_PATH], small, guesses, ['/not-there']]);
}
