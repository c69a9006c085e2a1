import type { Random } from '../random.ts';
import type { Activity, Scenario } from '../scenario.ts';
import { PAGES } from '../servers/nginx.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { browse } from '../traffic/web-client.ts';
import { load } from '../traffic/wrk.ts';

export const flashCrowd: Scenario = {
  name: 'flash-crowd',
  family: 'benign',
  summary: 'many clients come at once, each at a modest rate: looks like a flood, is none',
  plan(random, { quick }) {
    const durationMs = quick ? 9_000 : random.integer(28, 40) * 1_000;
    const visitors = quick ? 8 : random.integer(12, 30);
    const regulars = random.integer(2, 4);
    const requestsPerSecond = random.logBetween(2, 12);
    const rampMs = random.integer(500, quick ? 1_500 : 8_000);
    const crowdStartMs = durationMs * random.between(0.15, 0.35);
    const crowdEndMs = durationMs * random.between(0.75, 0.95);

    const day = drawBackground(random, 0.3);
    const background = backgroundActivities(random, day, { durationMs, clients: regulars });
    const crowd = Array.from({ length: visitors }, (_, index): Activity => ({
      startMs: crowdStartMs + random.between(0, rampMs),
      endMs: crowdEndMs + random.between(0, durationMs - crowdEndMs),
      play: visit(regulars + index, requestsPerSecond * random.logBetween(0.5, 2), random.fork(`visitor ${index}`)),
    }));
    return {
      parameters: { ...day, visitors, requestsPerSecondEach: requestsPerSecond, rampMs },
      durationMs,
      clients: regulars + visitors,
      attackers: 0,
      activities: [...background, ...crowd],
      attacks: [],
    };
  },
};

/** Most visitors' browsers load pages and their parts; a few people just read. */
function visit(client: number, requestsPerSecond: number, random: Random): Activity['play'] {
  if (random.chance(0.15)) return browse(client, random);
  const settings = {
    port: 80,
    paths: random.shuffle(PAGES).slice(0, 3),
    connections: random.integer(1, 4),
    requestsPerSecond,
    keepAlive: random.chance(0.6),
    seed: random.integer(1, 1_000_000),
  };
  return load((hosts) => hosts.clients[client], settings);
}
