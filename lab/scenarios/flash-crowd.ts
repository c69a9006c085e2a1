import type { Random } from '../random.ts';
import type { Activity, Play, Scenario } from '../scenario.ts';
import { API_PATHS, PAGES } from '../servers/web-paths.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { clientAt, type Machine, visitorAt } from '../traffic/machine.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';
import { browse, browseInParallel } from '../traffic/web-client.ts';
import { load } from '../traffic/wrk.ts';

export const flashCrowd: Scenario = {
  name: 'flash-crowd',
  family: 'benign',
  summary: 'many clients come at once, from inside or outside, each at a modest rate: looks like a flood, is none',
  plan(random, { quick }) {
    const durationMs = quick ? 9_000 : random.integer(30, 50) * 1_000;
    const crowdSize = quick ? random.integer(6, 10) : random.integer(10, 32);
    const from = random.pick(['inside', 'outside', 'outside', 'both'] as const);
    const regulars = random.integer(2, 4);
    const requestsPerSecond = random.logBetween(1, 12);
    // A mail to all customers fills minutes, a push message a few seconds.
    const isShort = random.chance(0.4);
    const rampMs = random.integer(200, quick || isShort ? 1_500 : 8_000);
    const startMs = durationMs * random.between(0.15, 0.35);
    const endMs = isShort ? startMs + durationMs * random.between(0.1, 0.25) : durationMs * random.between(0.75, 0.95);
    const lingerMs = isShort ? 1_500 : durationMs - endMs;

    const around = drawSurroundings(random);
    const insiders = from === 'inside' ? crowdSize : from === 'outside' ? 0 : Math.round(crowdSize / 2);
    const visitors = around.visitors + crowdSize - insiders;
    const day = drawBackground(random, random.between(0.2, 0.6), around);
    const crowd = Array.from({ length: crowdSize }, (_, index): Activity => ({
      startMs: startMs + random.between(0, rampMs),
      endMs: Math.min(durationMs, endMs + rampMs + random.between(0, lingerMs)),
      play: visit(
        index < insiders ? clientAt(regulars + index) : visitorAt(around.visitors + index - insiders),
        requestsPerSecond * random.logBetween(0.4, 2),
        random.fork(`crowd ${index}`),
      ),
    }));
    return {
      parameters: {
        ...day,
        crowdSize,
        from,
        isShort,
        rampMs,
        requestsPerSecondEach: requestsPerSecond,
        services: around.services.join(' '),
      },
      durationMs,
      clients: regulars + insiders,
      attackers: 0,
      visitors,
      services: around.services,
      heavy: crowdSize * requestsPerSecond > 120,
      activities: [
        ...backgroundActivities(random, day, { durationMs, clients: regulars, visitors: around.visitors }),
        ...crowd,
      ],
      attacks: [],
    };
  },
};

/** Most of the crowd load pages and their parts at a rate; some read as people do, some use an app that calls the API. */
function visit(from: Machine, requestsPerSecond: number, random: Random): Play {
  if (random.chance(0.15)) return browse(from, random);
  if (random.chance(0.2)) return browseInParallel(from, random);
  return load(from, {
    port: 80,
    paths: random.chance(0.25) ? API_PATHS : random.shuffle(PAGES).slice(0, 3),
    connections: random.integer(1, 4),
    requestsPerSecond,
    keepAlive: random.chance(0.6),
    seed: random.integer(1, 1_000_000),
  });
}
