import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';
import type { Scenario } from '../scenario.ts';

export const busyDay: Scenario = {
  name: 'busy-day',
  family: 'benign',
  summary: 'browsing, service calls, look-ups, probes, scrapes, a download: nothing wrong',
  plan(random, { quick }) {
    const durationMs = quick ? 8_000 : random.integer(30, 60) * 1_000;
    const clients = random.integer(3, 10);
    const { services, visitors } = drawSurroundings(random);
    const day = drawBackground(random, random.between(0.4, 1.2), { services, visitors });
    return {
      parameters: { ...day, clients, visitors, services: services.join(' ') },
      durationMs,
      clients,
      attackers: 0,
      visitors,
      services,
      activities: backgroundActivities(random, day, { durationMs, clients, visitors }),
      attacks: [],
    };
  },
};
