import type { Activity, Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { clientAt } from '../traffic/machine.ts';
import { lookUpInBursts } from '../traffic/name-look-ups.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';

export const nameBursts: Scenario = {
  name: 'name-bursts',
  family: 'benign',
  summary: 'mail servers and crawlers look up many names, with long texts among the answers: looks like a DNS tunnel',
  plan(random, { quick }) {
    const durationMs = quick ? 9_000 : random.integer(30, 50) * 1_000;
    const clients = random.integer(3, 7);
    const askers = random.integer(1, 4);
    const meanPauseMs = random.logBetween(300, 8_000);
    const { services, visitors } = drawSurroundings(random);
    const day = drawBackground(random, random.between(0.3, 0.8), { services, visitors });
    return {
      parameters: { ...day, clients, askers, meanPauseMs, visitors, services: services.join(' ') },
      durationMs,
      clients,
      attackers: 0,
      visitors,
      services,
      activities: [
        ...backgroundActivities(random, day, { durationMs, clients, visitors }),
        ...Array.from({ length: askers }, (_, index): Activity => {
          const own = random.fork(`asker ${index}`);
          const from = clientAt(own.integer(0, clients - 1));
          const pauseMs = meanPauseMs * own.logBetween(0.5, 2);
          return {
            startMs: own.between(0, durationMs * 0.3),
            endMs: durationMs,
            play: lookUpInBursts(from, own, pauseMs),
          };
        }),
      ],
      attacks: [],
    };
  },
};
