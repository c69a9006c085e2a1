import type { Random } from '../random.ts';
import type { Activity, Play } from '../scenario.ts';
import { API_PATHS, PAGES } from '../servers/web-paths.ts';
import { HABITS, type HabitContext } from './habits.ts';
import { probeHealth, scrapeMetrics } from './housekeeping.ts';
import { clientAt, type Machine } from './machine.ts';
import { lookUpNames } from './name-look-ups.ts';
import type { Surroundings } from './surroundings.ts';
import { browse, fetchOneByOne } from './web-client.ts';
import { load } from './wrk.ts';

/** How busy an ordinary day is; most fields are a number of clients with that habit, or a rate. */
export interface Background {
  readonly browsers: number;
  readonly fetchers: number;
  readonly pools: number;
  /** Requests per second of one pool. */
  readonly poolRequestsPerSecond: number;
  readonly lookUpPauseMs: number;
  readonly probePeriodMs: number;
  readonly scrapePeriodMs: number;
  /** Names of what else goes on (`habits.ts`), parted by spaces. */
  readonly habits: string;
}

/**
 * An ordinary day by chance. `busyness` 1 is a full one; 0.3 leaves room beside an attack. What goes on depends on which
 * services there are.
 */
export function drawBackground(
  random: Random,
  busyness: number,
  surroundings: Surroundings = { services: [], visitors: 0 },
): Background {
  const several = (most: number) => Math.round(random.between(0.2, 1) * most * busyness);
  const present = new Set<string>([...surroundings.services, ...(surroundings.visitors > 0 ? ['visitors'] : [])]);
  const possible = HABITS.filter((habit) => habit.needs.every((need) => present.has(need)));
  return {
    browsers: 1 + several(4),
    fetchers: several(3),
    pools: several(3),
    poolRequestsPerSecond: Math.round(random.logBetween(3, 60)),
    lookUpPauseMs: Math.round(random.logBetween(500, 4_000)),
    probePeriodMs: random.pick([1_000, 2_000, 3_000, 5_000, 10_000]),
    scrapePeriodMs: random.pick([2_000, 5_000, 10_000, 15_000]),
    habits: possible
      .filter((habit) => random.chance(habit.share * Math.min(1, 0.4 + busyness * 0.6)))
      .map((habit) => habit.name)
      .join(' '),
  };
}

/** The activities of that day, shared out among `clients` machines (and `visitors` outside) at random. */
export function backgroundActivities(
  random: Random,
  day: Background,
  options: { durationMs: number; clients: number; visitors?: number },
): Activity[] {
  const { durationMs, clients, visitors = 0 } = options;
  const whole = (play: Play): Activity => ({ startMs: 0, endMs: durationMs, play });
  const someone = () => clientAt(random.integer(0, clients - 1));
  const times = (count: number, make: (index: number) => Activity) => Array.from({ length: count }, (_, i) => make(i));

  return [
    ...times(day.browsers, (i) => whole(browse(someone(), random.fork(`browser ${i}`)))),
    ...times(day.fetchers, (i) =>
      whole(fetchOneByOne(someone(), random.fork(`fetcher ${i}`), random.logBetween(300, 3_000))),
    ),
    ...times(day.pools, (i) => whole(poolOf(someone(), day, random.fork(`pool ${i}`)))),
    ...times(2, (i) => whole(lookUpNames(someone(), random.fork(`look-ups ${i}`), day.lookUpPauseMs))),
    whole(probeHealth(day.probePeriodMs)),
    whole(scrapeMetrics(day.scrapePeriodMs)),
    ...habitActivities(random, day.habits.split(' '), { durationMs, clients, visitors, pace: 1 }),
  ];
}

/** The activities of the named habits, each drawn from a stream of its own. */
export function habitActivities(
  random: Random,
  names: readonly string[],
  context: Omit<HabitContext, 'random'>,
): Activity[] {
  const chosen = HABITS.filter((habit) => names.includes(habit.name));
  return chosen.flatMap((habit) => habit.draw({ ...context, random: random.fork(`habit ${habit.name}`) }));
}

/** A service that calls another at a steady rate, over kept connections or with a new one each time. */
function poolOf(from: Machine, day: Background, random: Random): Play {
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
