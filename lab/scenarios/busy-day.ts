import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import type { Scenario } from '../scenario.ts';

export const busyDay: Scenario = {
  name: 'busy-day',
  family: 'benign',
  summary: 'browsing, service calls, look-ups, probes, scrapes, a download: nothing wrong',
  plan(random, { quick }) {
    const durationMs = quick ? 8_000 : random.integer(30, 45) * 1_000;
    const clients = random.integer(3, 8);
    const day = drawBackground(random, random.between(0.4, 1.2));
    const activities = backgroundActivities(random, day, { durationMs, clients });
    return { parameters: { ...day, clients }, durationMs, clients, attackers: 0, activities, attacks: [] };
  },
};
