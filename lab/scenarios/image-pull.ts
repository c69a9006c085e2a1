import type { Activity, Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { clientAt, type Machine } from '../traffic/machine.ts';
import { pullImage, updatePackages } from '../traffic/outside.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';

export const imagePull: Scenario = {
  name: 'image-pull',
  family: 'benign',
  summary: 'nodes pull images and machines update their packages from the internet: large downloads, many at once',
  plan(random, { quick }) {
    const durationMs = quick ? 9_000 : random.integer(30, 50) * 1_000;
    const clients = random.integer(3, 8);
    const pullers = random.integer(1, 3);
    const updates = random.integer(0, 2);
    const bytes = random.logBetween(2e6, quick ? 1e7 : 6e7);
    const bytesPerSecond = random.logBetween(5e5, 6e6);
    const layers = random.integer(2, 12);

    const { services, visitors } = drawSurroundings(random, { services: ['remote'] });
    const day = drawBackground(random, random.between(0.3, 0.7), { services, visitors });
    // The node pulls for its pods, so most pulls are the gateway's; a builder pulls for itself.
    const from = (index: number): Machine =>
      index === 0 ? (hosts) => hosts.gateway : clientAt(random.integer(0, clients - 1));
    const begin = () => random.between(0.05, 0.4) * durationMs;
    return {
      parameters: {
        ...day,
        pullers,
        updates,
        bytes,
        bytesPerSecond,
        layers,
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
        ...Array.from({ length: pullers }, (_, index): Activity => ({
          startMs: begin(),
          endMs: durationMs,
          play: pullImage(from(index), random.fork(`pull ${index}`), { bytes, bytesPerSecond, layers }),
        })),
        ...Array.from({ length: updates }, (_, index): Activity => ({
          startMs: begin(),
          endMs: durationMs,
          play: updatePackages(clientAt(random.integer(0, clients - 1)), random.fork(`update ${index}`)),
        })),
      ],
      attacks: [],
    };
  },
};
