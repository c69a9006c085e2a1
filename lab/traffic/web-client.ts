import { API_PATHS, DUMP_PATH, PAGES, SLOW_PATH } from '../servers/nginx.ts';
import { pause } from '../pause.ts';
import type { Random } from '../random.ts';
import type { Lab, Play } from '../scenario.ts';

/** `curl` that neither hangs nor prints. Its output is discarded by the lab. */
const CURL = ['curl', '-s', '-k', '--connect-timeout', '4', '--max-time', '60'] as const;

/** A person: visits of some pages over one kept connection each, with time to read between pages and visits. */
export function browse(client: number, random: Random): Play {
  const pagesPerMinute = random.integer(40, 240);
  const idleMs = random.logBetween(500, 6_000);
  const scheme = random.pick(['http', 'http', 'https']);

  return repeat(random, idleMs, (lab, signal) => {
    const count = random.integer(2, 12);
    const urls = Array.from({ length: count }, () => `${scheme}://${lab.hosts.web.ip}${pickPage(random)}`);
    return lab.run(lab.hosts.clients[client], [...CURL, '--rate', `${pagesPerMinute}/m`, ...urls], signal);
  });
}

/** A program without a connection pool: one request, one connection, then a pause around `thinkMs`. */
export function fetchOneByOne(client: number, random: Random, thinkMs: number): Play {
  const viaApp = random.chance(0.3);
  return repeat(random, thinkMs, (lab, signal) => {
    const url = viaApp
      ? `http://${lab.hosts.app.ip}:8000${random.pick(API_PATHS)}`
      : `http://${lab.hosts.web.ip}${pickPage(random)}`;
    return lab.run(lab.hosts.clients[client], [...CURL, url], signal);
  });
}

/** One large download, at most `bytesPerSecond`, that ends when its bytes are there or its time is up. */
export function download(client: number, options: { bytes: number; bytesPerSecond: number }): Play {
  return async (lab, signal) => {
    const url = `http://${lab.hosts.web.ip}${DUMP_PATH}`;
    await lab.run(
      lab.hosts.clients[client],
      [
        ...CURL,
        '--limit-rate',
        String(Math.round(options.bytesPerSecond)),
        '-r',
        `0-${Math.round(options.bytes)}`,
        url,
      ],
      signal,
    );
  };
}

/** A report that the server itself sends slowly. */
export function downloadSlowReport(client: number): Play {
  return async (lab, signal) => {
    await lab.run(lab.hosts.clients[client], [...CURL, `http://${lab.hosts.web.ip}${SLOW_PATH}`], signal);
  };
}

/** Repeats a step with exponential pauses of mean `meanPauseMs` until the signal aborts; begins at a random moment. */
export function repeat(
  random: Random,
  meanPauseMs: number,
  step: (lab: Lab, signal: AbortSignal) => Promise<unknown>,
): Play {
  return async (lab, signal) => {
    await pause(random.between(0, Math.min(meanPauseMs, 3_000)), signal);
    while (!signal.aborted) {
      await step(lab, signal);
      // Poisson arrivals, as independent people make them; cut off, so that a run is not one silence.
      await pause(Math.min(-Math.log(1 - random.unit()), 4) * meanPauseMs, signal);
    }
  };
}

function pickPage(random: Random): string {
  return random.chance(0.25) ? random.pick(API_PATHS) : random.pick(PAGES);
}
