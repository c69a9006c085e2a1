import type { Activity, Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground, habitActivities } from '../traffic/background.ts';
import { keepIdleConnections } from '../traffic/idle-connections.ts';
import { clientAt, visitorAt } from '../traffic/machine.ts';
import { readOnThinLine, uploadOnThinLine } from '../traffic/slow-client.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';

export const slowClients: Scenario = {
  name: 'slow-clients',
  family: 'benign',
  summary:
    'phones on thin lines, browsers that keep connections idle, clients that wait for events: looks like slow attacks',
  plan(random, { quick }) {
    const durationMs = quick ? 10_000 : random.integer(40, 60) * 1_000;
    const clients = random.integer(3, 6);
    const phones = random.integer(2, 16);
    const idlers = random.integer(1, 6);
    const { services, visitors } = drawSurroundings(random, { visitors: random.integer(2, 8) });
    const day = drawBackground(random, random.between(0.3, 0.7), { services, visitors });
    const atVisitor = () => visitorAt(random.integer(0, visitors - 1));
    const begin = () => random.between(0, durationMs * 0.4);
    return {
      parameters: { ...day, clients, phones, idlers, visitors, services: services.join(' ') },
      durationMs,
      clients,
      attackers: 0,
      visitors,
      services,
      activities: [
        ...backgroundActivities(random, day, { durationMs, clients, visitors }),
        ...habitActivities(random.fork('waiting'), ['waiting-clients'], { durationMs, clients, visitors, pace: 1 }),
        ...Array.from({ length: phones }, (_, index): Activity => {
          const own = random.fork(`phone ${index}`);
          const play = own.chance(0.5) ? uploadOnThinLine(atVisitor(), own) : readOnThinLine(atVisitor(), own);
          return { startMs: begin(), endMs: durationMs, play };
        }),
        ...Array.from({ length: idlers }, (_, index): Activity => {
          const from = random.chance(0.7) ? atVisitor() : clientAt(random.integer(0, clients - 1));
          return {
            startMs: begin(),
            endMs: durationMs,
            play: keepIdleConnections(from, random.fork(`idler ${index}`)),
          };
        }),
      ],
      attacks: [],
    };
  },
};
