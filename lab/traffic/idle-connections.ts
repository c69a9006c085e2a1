import { PAGES } from '../servers/web-paths.ts';
import type { Random } from '../random.ts';
import type { Play } from '../scenario.ts';
import type { Machine } from './machine.ts';
import { nodeClient } from './node-client.ts';

/** Browsers' connections to the web server that are kept open, most of the time without a request. `pace` as in habits. */
export function keepIdleConnections(from: Machine, random: Random, pace = 1): Play {
  const seed = random.integer(1, 1_000_000);
  const scheme = random.pick(['http', 'https']);
  const path = random.pick(PAGES);
  const call = {
    periodMs: random.logBetween(3_000, 60_000) / pace,
    jitter: random.pick([0.1, 0.5, 'poisson'] as const),
    keepAlive: true,
    connections: Math.round(random.logBetween(3, 80)),
    bodyBytes: 0,
    fromMs: 0,
    spreadMs: random.logBetween(1_000, 20_000),
    untilMs: Number.MAX_SAFE_INTEGER,
  };
  return nodeClient(from, 'http', ({ hosts }) => ({
    seed,
    calls: [{ ...call, url: `${scheme}://${hosts.web.ip}${path}` }],
  }));
}
