import { pause } from '../pause.ts';
import type { Random } from '../random.ts';
import type { Activity, Play, Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';

/** A reserved test network (RFC 2544): leads to the lab's gateway, which forwards nothing and says nothing. */
const DEAD_BACKEND = '198.18.0.10';

export const retryStorm: Scenario = {
  name: 'retry-storm',
  family: 'benign',
  summary: 'clients of a backend that is down try again and again, with back-off: refused, or never answered',
  plan(random, { quick }) {
    const durationMs = quick ? 9_000 : random.integer(25, 40) * 1_000;
    const regulars = random.integer(2, 4);
    const retrying = random.integer(3, 8);
    const fault = random.pick(['refused', 'silent'] as const);
    const port = random.pick([5432, 6379, 9000, 8081]);
    const firstBackOffMs = random.logBetween(80, 1_000);
    const mostBackOffMs = firstBackOffMs * random.pick([1, 4, 16]);
    const startMs = durationMs * random.between(0.1, 0.3);

    const day = drawBackground(random, 0.4);
    const background = backgroundActivities(random, day, { durationMs, clients: regulars });
    const storm = Array.from({ length: retrying }, (_, index): Activity => ({
      startMs: startMs + random.between(0, 1_500),
      endMs: durationMs * random.between(0.85, 1),
      play: retry(regulars + index, { fault, port, firstBackOffMs, mostBackOffMs }, random.fork(`client ${index}`)),
    }));
    return {
      parameters: { ...day, retrying, fault, port, firstBackOffMs, mostBackOffMs },
      durationMs,
      clients: regulars + retrying,
      attackers: 0,
      activities: [...background, ...storm],
      attacks: [],
    };
  },
};

/** Doubles the pause up to the most, with full jitter (half to one and a half times). */
function retry(
  client: number,
  options: { fault: 'refused' | 'silent'; port: number; firstBackOffMs: number; mostBackOffMs: number },
  random: Random,
): Play {
  return async (lab, signal) => {
    const ip = options.fault === 'refused' ? lab.hosts.app.ip : DEAD_BACKEND;
    const argv = ['curl', '-s', '--connect-timeout', '2', `http://${ip}:${options.port}/`];
    let backOffMs = options.firstBackOffMs;
    while (!signal.aborted) {
      await lab.run(lab.hosts.clients[client], argv, signal);
      await pause(backOffMs * random.between(0.5, 1.5), signal);
      backOffMs = Math.min(backOffMs * 2, options.mostBackOffMs);
    }
  };
}
