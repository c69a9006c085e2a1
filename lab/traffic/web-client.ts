import { API_PATHS, DUMP_PATH, PAGES, SLOW_PATH } from '../servers/web-paths.ts';
import type { Random } from '../random.ts';
import type { Play } from '../scenario.ts';
import type { Machine } from './machine.ts';
import { repeat } from './repeat.ts';

/** `curl` that neither hangs nor prints. Its output is discarded by the lab. */
export const CURL = ['curl', '-s', '-k', '--connect-timeout', '4', '--max-time', '60'] as const;

/** A person: visits of some pages over one kept connection each, with time to read between pages and visits. */
export function browse(from: Machine, random: Random, pace = 1): Play {
  const pagesPerMinute = random.integer(40, 240);
  const idleMs = random.logBetween(500, 6_000) / pace;
  const scheme = random.pick(['http', 'http', 'https']);

  return repeat(random, idleMs, (lab, signal) => {
    const count = random.integer(2, 12);
    const urls = Array.from({ length: count }, () => `${scheme}://${lab.hosts.web.ip}${pickPage(random)}`);
    return lab.run(from(lab.hosts), [...CURL, '--rate', `${pagesPerMinute}/m`, ...urls], signal);
  });
}

/** A browser that loads a page and its parts at once, over one to six connections, then reads. */
export function browseInParallel(from: Machine, random: Random, pace = 1): Play {
  const scheme = random.pick(['http', 'https', 'https']);
  const connections = random.integer(1, 6);
  return repeat(random, random.logBetween(1_000, 10_000) / pace, (lab, signal) => {
    const parts = random.shuffle(PAGES).slice(0, random.integer(3, PAGES.length));
    const urls = parts.map((page) => `${scheme}://${lab.hosts.web.ip}${page}`);
    const argv = [...CURL, '--parallel', '--parallel-immediate', '--parallel-max', String(connections), ...urls];
    return lab.run(from(lab.hosts), argv, signal);
  });
}

/** A program without a connection pool: one request, one connection, then a pause around `thinkMs`. */
export function fetchOneByOne(from: Machine, random: Random, thinkMs: number): Play {
  const viaApp = random.chance(0.3);
  return repeat(random, thinkMs, (lab, signal) => {
    const url = viaApp
      ? `http://${lab.hosts.app.ip}:8000${random.pick(API_PATHS)}`
      : `http://${lab.hosts.web.ip}${pickPage(random)}`;
    return lab.run(from(lab.hosts), [...CURL, url], signal);
  });
}

/** One large download, at most `bytesPerSecond`, that ends when its bytes are there or its time is up. */
export function download(from: Machine, options: { bytes: number; bytesPerSecond: number }): Play {
  return async (lab, signal) => {
    const url = `http://${lab.hosts.web.ip}${DUMP_PATH}`;
    const limits = ['--limit-rate', String(Math.round(options.bytesPerSecond)), '-r', `0-${Math.round(options.bytes)}`];
    await lab.run(from(lab.hosts), [...CURL, ...limits, url], signal);
  };
}

/** A report that the server itself sends slowly. */
export function downloadSlowReport(from: Machine): Play {
  return async (lab, signal) => {
    await lab.run(from(lab.hosts), [...CURL, `http://${lab.hosts.web.ip}${SLOW_PATH}`], signal);
  };
}

function pickPage(random: Random): string {
  return random.chance(0.25) ? random.pick(API_PATHS) : random.pick(PAGES);
}
