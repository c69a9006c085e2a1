import { pause } from '../pause.ts';
import type { Random } from '../random.ts';
import type { Activity, Play, Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { clientAt } from '../traffic/machine.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';

/** A reserved test network (RFC 2544): leads to the lab's gateway, which forwards nothing and says nothing. */
const DEAD_BACKEND = '198.18.0.10';

interface Retries {
  readonly fault: 'refused' | 'silent';
  /** Most have one address; some try a few ports of it in turn, as a list of replicas has. */
  readonly ports: readonly number[];
  readonly firstBackOffMs: number;
  readonly mostBackOffMs: number;
  readonly jitter: number;
}

export const retryStorm: Scenario = {
  name: 'retry-storm',
  family: 'benign',
  summary: 'clients of a backend that is down try again and again, with back-off: refused, or never answered',
  plan(random, { quick }) {
    const durationMs = quick ? 9_000 : random.integer(30, 50) * 1_000;
    const regulars = random.integer(2, 4);
    const retrying = random.integer(2, 12);
    const firstBackOffMs = random.logBetween(50, 1_500);
    const retries: Retries = {
      fault: random.pick(['refused', 'silent']),
      ports: random.shuffle([5432, 6379, 9000, 8081]).slice(0, random.pick([1, 1, 1, 2, 3])),
      firstBackOffMs,
      mostBackOffMs: firstBackOffMs * random.pick([1, 4, 16, 64]),
      jitter: random.pick([0, 0.1, 0.5]),
    };
    const startMs = durationMs * random.between(0.1, 0.3);

    const { services, visitors } = drawSurroundings(random);
    const day = drawBackground(random, random.between(0.3, 0.7), { services, visitors });
    const storm = Array.from({ length: retrying }, (_, index): Activity => ({
      startMs: startMs + random.between(0, 1_500),
      endMs: durationMs * random.between(0.85, 1),
      play: retry(regulars + index, retries, random.fork(`client ${index}`)),
    }));
    return {
      parameters: {
        ...day,
        retrying,
        ...retries,
        ports: retries.ports.join(' '),
        visitors,
        services: services.join(' '),
      },
      durationMs,
      clients: regulars + retrying,
      attackers: 0,
      visitors,
      services,
      activities: [...backgroundActivities(random, day, { durationMs, clients: regulars, visitors }), ...storm],
      attacks: [],
    };
  },
};

/** Doubles the pause up to the most, and strays from it by the jitter. */
function retry(client: number, retries: Retries, random: Random): Play {
  return async (lab, signal) => {
    const ip = retries.fault === 'refused' ? lab.hosts.app.ip : DEAD_BACKEND;
    let backOffMs = retries.firstBackOffMs;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const port = retries.ports[attempt % retries.ports.length];
      const argv = ['curl', '-s', '--connect-timeout', '2', `http://${ip}:${port}/`];
      await lab.run(clientAt(client)(lab.hosts), argv, signal);
      await pause(backOffMs * (1 + random.between(-retries.jitter, retries.jitter)), signal);
      backOffMs = Math.min(backOffMs * 2, retries.mostBackOffMs);
    }
  };
}
