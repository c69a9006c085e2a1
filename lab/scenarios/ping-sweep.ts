import type { Random } from '../random.ts';
import type { Activity, Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { checkPorts, watchByPing } from '../traffic/housekeeping.ts';
import { clientAt, type Machine } from '../traffic/machine.ts';
import { pingAll } from '../traffic/ping-all.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';

export const pingSweep: Scenario = {
  name: 'ping-sweep',
  family: 'benign',
  summary:
    'an operator pings the whole subnet, or a monitor some machines all day, and tries a few ports: like a sweep',
  plan(random, { quick }) {
    const durationMs = quick ? 9_000 : random.integer(30, 50) * 1_000;
    const clients = random.integer(3, 6);
    const targets = random.integer(4, quick ? 10 : 30);
    const operator: Machine = random.chance(0.5) ? (hosts) => hosts.monitor : clientAt(random.integer(0, clients - 1));
    const sweeps = random.integer(1, 3);
    const intervalMs = Math.round(random.logBetween(3, 40));
    const watches = random.chance(0.4);
    const portChecks = random.integer(0, 2);

    const { services, visitors } = drawSurroundings(random);
    const day = drawBackground(random, random.between(0.3, 0.8), { services, visitors });
    const sometime = (play: Activity['play'], stream: Random): Activity => ({
      startMs: stream.between(0.05, 0.6) * durationMs,
      endMs: durationMs,
      play,
    });
    return {
      parameters: {
        ...day,
        targets,
        sweeps,
        intervalMs,
        watches,
        portChecks,
        visitors,
        services: services.join(' '),
      },
      durationMs,
      clients,
      attackers: 0,
      visitors,
      services,
      targets,
      activities: [
        ...backgroundActivities(random, day, { durationMs, clients, visitors }),
        ...Array.from({ length: sweeps }, () =>
          sometime(pingAll(operator, { intervalMs, count: random.integer(1, 3) }), random),
        ),
        ...Array.from({ length: portChecks }, (_, index) =>
          sometime(checkPorts(operator, random.fork(`check ${index}`)), random),
        ),
        ...(watches
          ? [{ startMs: 0, endMs: durationMs, play: watchByPing(operator, 8, random.logBetween(500, 5_000)) }]
          : []),
      ],
      attacks: [],
    };
  },
};
