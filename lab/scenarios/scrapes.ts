import type { Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { clientAt } from '../traffic/machine.ts';
import { telemetryAgent } from '../traffic/outside.ts';
import { scrapeFleet } from '../traffic/scrapes.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';

export const scrapes: Scenario = {
  name: 'scrapes',
  family: 'benign',
  summary: 'metrics of many machines fetched at a beat, and agents that report outside at one: looks like beacons',
  plan(random, { quick }) {
    const durationMs = quick ? 9_000 : random.integer(40, 60) * 1_000;
    const clients = random.integer(5, 16);
    const targets = random.integer(3, clients - 1);
    const periodMs = quick ? 2_000 : random.pick([3_000, 5_000, 5_000, 10_000, 15_000]);
    const scrapers = random.pick([1, 1, 2]);
    const agents = random.integer(1, 4);
    const period = { leastMs: quick ? 800 : 2_000, mostMs: quick ? 3_000 : 12_000 };

    const { services, visitors } = drawSurroundings(random, { services: ['remote'] });
    const day = drawBackground(random, 0.4, { services, visitors });
    return {
      parameters: {
        ...day,
        clients,
        targets,
        periodMs,
        scrapers,
        agents,
        visitors,
        services: services.join(' '),
      },
      durationMs,
      clients,
      attackers: 0,
      visitors,
      services,
      activities: [
        ...backgroundActivities(random, day, { durationMs, clients, visitors }),
        ...scrapeFleet({ random, durationMs, clients }, targets, { periodMs, scrapers }),
        ...Array.from({ length: agents }, (_, index) => ({
          startMs: 0,
          endMs: durationMs,
          play: telemetryAgent(clientAt(random.integer(0, clients - 1)), random.fork(`agent ${index}`), period),
        })),
      ],
      attacks: [],
    };
  },
};
