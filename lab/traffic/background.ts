import type { Host, Hosts } from '../addresses.ts';
import type { Random } from '../random.ts';
import type { Activity, Play } from '../scenario.ts';
import { API_PATHS, PAGES } from '../servers/nginx.ts';
import { lookUpNames, ping, probeHealth, scrapeMetrics, tryClosedPorts } from './housekeeping.ts';
import { browse, download, downloadSlowReport, fetchOneByOne } from './web-client.ts';
import { load } from './wrk.ts';

/** How busy an ordinary day is; each field is a number of clients with that habit, or a rate. */
export interface Background {
  readonly browsers: number;
  readonly fetchers: number;
  readonly pools: number;
  /** Requests per second of one pool. */
  readonly poolRequestsPerSecond: number;
  readonly lookUpPauseMs: number;
  readonly probePeriodMs: number;
  readonly scrapePeriodMs: number;
  /** Whether one client downloads some megabytes. */
  readonly downloads: boolean;
  readonly pings: boolean;
  /** Whether one client tries ports where nothing listens. */
  readonly staleClient: boolean;
}

/** An ordinary day by chance. `busyness` 1 is a full one; 0.3 leaves room beside an attack. */
export function drawBackground(random: Random, busyness: number): Background {
  const several = (most: number) => Math.round(random.between(0.2, 1) * most * busyness);
  return {
    browsers: 1 + several(4),
    fetchers: several(3),
    pools: several(3),
    poolRequestsPerSecond: Math.round(random.logBetween(3, 60)),
    lookUpPauseMs: Math.round(random.logBetween(500, 4_000)),
    probePeriodMs: random.pick([1_000, 2_000, 3_000, 5_000, 10_000]),
    scrapePeriodMs: random.pick([2_000, 5_000, 10_000, 15_000]),
    downloads: random.chance(0.4),
    pings: random.chance(0.3),
    staleClient: random.chance(0.4),
  };
}

/** The activities of that day, shared out among `clients` machines at random. */
export function backgroundActivities(
  random: Random,
  day: Background,
  options: { durationMs: number; clients: number },
): Activity[] {
  const { durationMs, clients } = options;
  const whole = (play: Play): Activity => ({ startMs: 0, endMs: durationMs, play });
  const sometime = (play: Play): Activity => ({ ...whole(play), startMs: random.between(0, durationMs * 0.6) });
  const someone = () => random.integer(0, clients - 1);
  const machine =
    (index: number) =>
    (hosts: Hosts): Host =>
      hosts.clients[index];
  const times = (count: number, make: (index: number) => Activity) => Array.from({ length: count }, (_, i) => make(i));

  const activities = [
    ...times(day.browsers, (i) => whole(browse(someone(), random.fork(`browser ${i}`)))),
    ...times(day.fetchers, (i) =>
      whole(fetchOneByOne(someone(), random.fork(`fetcher ${i}`), random.logBetween(300, 3_000))),
    ),
    ...times(day.pools, (i) => whole(poolOf(machine(someone()), day, random.fork(`pool ${i}`)))),
    ...times(2, (i) => whole(lookUpNames(machine(someone()), random.fork(`look-ups ${i}`), day.lookUpPauseMs))),
    whole(probeHealth(day.probePeriodMs)),
    whole(scrapeMetrics(day.scrapePeriodMs)),
    sometime(downloadSlowReport(someone())),
  ];
  if (day.downloads) {
    const bytesPerSecond = random.logBetween(200_000, 2_000_000);
    activities.push(sometime(download(someone(), { bytes: random.logBetween(5e5, 1e7), bytesPerSecond })));
  }
  if (day.pings) activities.push(sometime(ping(someone(), random.integer(3, 15))));
  if (day.staleClient) {
    activities.push(whole(tryClosedPorts(someone(), random.fork('stale'), random.logBetween(1_000, 8_000))));
  }
  return activities;
}

/** A service that calls another at a steady rate, over kept connections or with a new one each time. */
function poolOf(from: (hosts: Hosts) => Host, day: Background, random: Random): Play {
  const keepAlive = random.chance(0.6);
  const viaApp = random.chance(0.4);
  const settings = {
    port: viaApp ? 8000 : 80,
    paths: viaApp ? API_PATHS : [...PAGES, ...API_PATHS],
    connections: random.integer(1, 6),
    requestsPerSecond: keepAlive ? day.poolRequestsPerSecond : Math.min(day.poolRequestsPerSecond, 25),
    keepAlive,
    seed: random.integer(1, 1_000_000),
  };
  return load(from, settings, (hosts) => (viaApp ? hosts.app : hosts.web));
}
