import type { Random } from '../random.ts';
import type { Activity } from '../scenario.ts';
import type { Call } from './clients/settings.ts';
import { clientAt, type Machine } from './machine.ts';
import { nodeClient } from './node-client.ts';
import { POD_PATHS, POD_PORT, servePod } from './pod.ts';

/** Machines that serve metrics, and scrapers that ask them all, each at its own moment of the same period. */
export function scrapeFleet(
  day: { random: Random; durationMs: number; clients: number },
  targets: number,
  options: { periodMs: number; scrapers: number },
): Activity[] {
  const { random, durationMs } = day;
  const pods = random.shuffle(Array.from({ length: day.clients }, (_, index) => index)).slice(0, targets);
  const whole = (play: Activity['play']): Activity => ({ startMs: 0, endMs: durationMs, play });
  return [
    ...pods.map((pod) => whole(servePod(clientAt(pod), random.fork(`pod ${pod}`)))),
    ...Array.from({ length: options.scrapers }, (_, index) => {
      // The first is the monitor in most clusters, else an agent on one of the machines.
      const from: Machine =
        index === 0 && random.chance(0.6) ? (hosts) => hosts.monitor : clientAt(random.integer(0, day.clients - 1));
      return whole(scrape(from, pods, options.periodMs, random.fork(`scraper ${index}`)));
    }),
  ];
}

/** Prometheus keeps its connections; simpler scrapers do not. */
function scrape(from: Machine, pods: readonly number[], periodMs: number, random: Random): Activity['play'] {
  const seed = random.integer(1, 1_000_000);
  const common = {
    periodMs,
    jitter: random.pick([0, 0, 0.01]),
    keepAlive: random.chance(0.7),
    connections: 1,
    bodyBytes: 0,
    fromMs: 800,
    spreadMs: Math.min(periodMs, 10_000),
    untilMs: Number.MAX_SAFE_INTEGER,
  };
  const call = (url: string): Call => ({ url, ...common });
  return nodeClient(from, 'http', ({ hosts }) => ({
    seed,
    calls: [
      ...pods.map((pod) => call(`http://${hosts.clients[pod].ip}:${POD_PORT}${POD_PATHS.metrics}`)),
      call(`http://${hosts.web.ip}:8080/metrics`),
      call(`http://${hosts.app.ip}:8000/metrics`),
    ],
  }));
}
