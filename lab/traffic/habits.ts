import type { ServiceName } from '../addresses.ts';
import type { Random } from '../random.ts';
import type { Activity, Play } from '../scenario.ts';
import { sshSession } from './bastion.ts';
import { eventsServer, nodeClient } from './node-client.ts';
import { askTime, checkPorts, ping, probePorts, tryClosedPorts, watchByPing } from './housekeeping.ts';
import { keepIdleConnections } from './idle-connections.ts';
import { clientAt, type Machine, visitorAt } from './machine.ts';
import { lookUpInBursts } from './name-look-ups.ts';
import { browseOutside, pullImage, pushBackup, telemetryAgent, updatePackages } from './outside.ts';
import { cronJob } from './cron-job.ts';
import { natsPool, postgresPool, queryOneByOne, redisPool, rpcCaller } from './pools.ts';
import { scrapeFleet } from './scrapes.ts';
import { readOnThinLine, uploadOnThinLine } from './slow-client.ts';
import { browse, browseInParallel, download, downloadSlowReport, fetchOneByOne } from './web-client.ts';
import { load } from './wrk.ts';
import { API_PATHS, PAGES } from '../servers/web-paths.ts';

/** What a habit can draw on. */
export interface HabitContext {
  readonly random: Random;
  readonly durationMs: number;
  readonly clients: number;
  readonly visitors: number;
  /** 1: an ordinary pace; 0.1: pauses ten times as long. */
  readonly pace: number;
}

/** Something that ordinary machines do, and what must be there for it. */
export interface Habit {
  readonly name: string;
  readonly needs: readonly (ServiceName | 'visitors')[];
  /** Of all full days that could have it, this share has. */
  readonly share: number;
  draw(context: HabitContext): Activity[];
}

/** Every habit beside those that each day has (`background.ts`). */
export const HABITS: readonly Habit[] = [
  { name: 'visitors', needs: ['visitors'], share: 1, draw: visits },
  { name: 'phone', needs: ['visitors'], share: 0.4, draw: phones },
  {
    name: 'api-client',
    needs: [],
    share: 0.25,
    draw: (day) => [whole(day, busyApiClient(day, clientAt(someone(day))))],
  },
  {
    name: 'api-client-outside',
    needs: ['visitors'],
    share: 0.25,
    draw: (day) => [whole(day, busyApiClient(day, visitorAt(day.random.integer(0, day.visitors - 1))))],
  },
  { name: 'redis-pools', needs: ['cache'], share: 0.7, draw: several(1, 3, (day, from) => redisPool(from, day)) },
  { name: 'nats-pools', needs: ['queue'], share: 0.8, draw: several(1, 3, (day, from) => natsPool(from, day)) },
  {
    name: 'postgres-pools',
    needs: ['database'],
    share: 0.7,
    draw: several(1, 3, (day, from) => postgresPool(from, day)),
  },
  { name: 'rpc-callers', needs: ['rpc'], share: 0.8, draw: several(1, 3, (day, from) => rpcCaller(from, day)) },
  {
    name: 'queries-one-by-one',
    needs: ['database'],
    share: 0.45,
    draw: several(1, 2, (day, from) => queryOneByOne(from, 'database', day)),
  },
  {
    name: 'cache-one-by-one',
    needs: ['cache'],
    share: 0.35,
    draw: several(1, 2, (day, from) => queryOneByOne(from, 'cache', day)),
  },
  {
    name: 'port-probes',
    needs: [],
    share: 0.5,
    draw: (day) => [whole(day, probePorts(day.random.pick([1_000, 2_000, 5_000, 10_000])))],
  },
  {
    name: 'telemetry',
    needs: ['remote'],
    share: 0.6,
    draw: several(1, 3, (day, from) => telemetryAgent(from, day.random, { leastMs: 5_000, mostMs: 60_000 })),
  },
  {
    name: 'browsing-outside',
    needs: ['remote'],
    share: 0.4,
    draw: several(1, 2, (day, from) =>
      browseOutside(from, day.random, day.random.logBetween(1_500, 10_000) / day.pace),
    ),
  },
  {
    name: 'package-update',
    needs: ['remote'],
    share: 0.2,
    draw: once((day, from) => updatePackages(from, day.random)),
  },
  { name: 'image-pull', needs: ['remote'], share: 0.2, draw: once((day, from) => pullSomeImage(day, from)) },
  { name: 'backup', needs: ['remote'], share: 0.15, draw: once((day, from) => pushSomeBackup(day, from)) },
  { name: 'ssh', needs: ['bastion'], share: 0.6, draw: several(1, 2, (day, from) => sshSession(from, day.random)) },
  {
    name: 'name-bursts',
    needs: [],
    share: 0.3,
    draw: several(1, 1, (day, from) =>
      lookUpInBursts(from, day.random, day.random.logBetween(1_500, 12_000) / day.pace),
    ),
  },
  {
    name: 'cron',
    needs: ['database'],
    share: 0.4,
    draw: several(1, 2, (day, from) => cronJob(from, day.random, day.random.logBetween(10_000, 60_000))),
  },
  { name: 'time', needs: [], share: 0.4, draw: timeClients },
  { name: 'ping-monitor', needs: [], share: 0.2, draw: several(1, 1, (day, from) => pingMonitor(day, from)) },
  { name: 'port-check', needs: [], share: 0.15, draw: once((day, from) => checkPorts(from, day.random)) },
  { name: 'waiting-clients', needs: [], share: 0.3, draw: waitingClients },
  { name: 'idle-browsers', needs: [], share: 0.25, draw: idleBrowsers },
  {
    name: 'fleet-scrapes',
    needs: [],
    share: 0.35,
    draw: (day) =>
      scrapeFleet(day, Math.min(day.clients, day.random.integer(1, 3)), {
        periodMs: day.random.pick([5_000, 10_000, 15_000, 30_000]),
        scrapers: 1,
      }),
  },
  { name: 'slow-report', needs: [], share: 0.3, draw: once((_day, from) => downloadSlowReport(from)) },
  { name: 'download', needs: [], share: 0.3, draw: once((day, from) => downloadSome(day, from)) },
  { name: 'ping', needs: [], share: 0.2, draw: once((day, from) => ping(from, day.random.integer(3, 15))) },
  {
    name: 'stale-client',
    needs: [],
    share: 0.3,
    draw: several(1, 1, (day, from) =>
      tryClosedPorts(from, day.random, day.random.logBetween(1_000, 8_000) / day.pace),
    ),
  },
];

type DrawPlay = (day: HabitContext, from: Machine) => Play;

function someone(day: HabitContext): number {
  return day.random.integer(0, day.clients - 1);
}

function whole(day: HabitContext, play: Play): Activity {
  return { startMs: 0, endMs: day.durationMs, play };
}

/** The habit of some clients, for the whole run; each draws from a stream of its own. */
function several(least: number, most: number, draw: DrawPlay): Habit['draw'] {
  return (day) => {
    const count = day.random.integer(least, most);
    return Array.from({ length: count }, (_, index) => {
      const own = { ...day, random: day.random.fork(`one of several ${index}`) };
      return whole(day, draw(own, clientAt(someone(day))));
    });
  };
}

/** Something that one client does once. */
function once(draw: DrawPlay): Habit['draw'] {
  return (day) => [
    {
      startMs: day.random.between(0, day.durationMs * 0.6),
      endMs: day.durationMs,
      play: draw(day, clientAt(someone(day))),
    },
  ];
}

/** Every visitor comes; people read, programs fetch. */
function visits(day: HabitContext): Activity[] {
  return Array.from({ length: day.visitors }, (_, index) => {
    const random = day.random.fork(`visitor ${index}`);
    const from = visitorAt(index);
    const startMs = random.between(0, day.durationMs * 0.4);
    const play = random.pick([
      () => browse(from, random, day.pace),
      () => browseInParallel(from, random, day.pace),
      () => browseInParallel(from, random, day.pace),
      () => fetchOneByOne(from, random, random.logBetween(500, 5_000) / day.pace),
    ])();
    return { startMs, endMs: day.durationMs, play };
  });
}

/** Phones on a thin line: uploads and downloads that take long. */
function phones(day: HabitContext): Activity[] {
  return Array.from({ length: day.random.integer(1, 5) }, (_, index) => {
    const random = day.random.fork(`phone ${index}`);
    const from = visitorAt(random.integer(0, day.visitors - 1));
    return whole(day, random.chance(0.5) ? uploadOnThinLine(from, random) : readOnThinLine(from, random));
  });
}

/** A program that legitimately asks much. */
function busyApiClient({ random, pace }: HabitContext, from: Machine): Play {
  return load(from, {
    port: 80,
    paths: random.chance(0.5) ? API_PATHS : [...API_PATHS, ...PAGES],
    connections: random.integer(1, 8),
    requestsPerSecond: random.between(10, 50) * pace,
    keepAlive: random.chance(0.7),
    seed: random.integer(1, 1_000_000),
  });
}

function pullSomeImage({ random }: HabitContext, from: Machine): Play {
  const image = { bytes: random.logBetween(1e6, 3e7), bytesPerSecond: random.logBetween(3e5, 4e6) };
  return pullImage(from, random, { ...image, layers: random.integer(1, 8) });
}

function pushSomeBackup({ random }: HabitContext, from: Machine): Play {
  return pushBackup(from, random, { bytes: random.logBetween(3e5, 1e7), bytesPerSecond: random.logBetween(1e5, 2e6) });
}

function downloadSome({ random }: HabitContext, from: Machine): Play {
  return download(from, { bytes: random.logBetween(5e5, 1e7), bytesPerSecond: random.logBetween(2e5, 2e6) });
}

function pingMonitor({ random, pace }: HabitContext, from: Machine): Play {
  return watchByPing(from, random.integer(2, 6), random.logBetween(1_000, 10_000) / pace);
}

function timeClients(day: HabitContext): Activity[] {
  const clients = Array.from({ length: day.random.integer(1, 3) }, () => someone(day));
  const { serve, ask } = askTime(clients, day.random.logBetween(4_000, 64_000));
  return [whole(day, serve), { startMs: Math.min(1_000, day.durationMs / 4), endMs: day.durationMs, play: ask }];
}

/** Long polls, streams or sockets at an events server that one client's machine runs. */
function waitingClients(day: HabitContext): Activity[] {
  const { random } = day;
  const server = someone(day);
  const seed = random.integer(1, 1_000_000);
  const waiting = Array.from({ length: random.integer(1, 2) }, (_, index): Activity => {
    const settings = {
      seed: seed + index,
      mode: random.pick(['poll', 'stream', 'socket'] as const),
      connections: Math.round(random.logBetween(2, 60)),
      spreadMs: random.logBetween(500, 20_000),
    };
    const from = clientAt(someone(day));
    const play = nodeClient(from, 'events-client', ({ hosts }) => ({ ...settings, address: hosts.clients[server].ip }));
    return { startMs: Math.min(1_500, day.durationMs / 4), endMs: day.durationMs, play };
  });
  return [whole(day, eventsServer(clientAt(server), seed, day.pace)), ...waiting];
}

/** Some on inside machines, some outside. */
function idleBrowsers(day: HabitContext): Activity[] {
  return Array.from({ length: day.random.integer(1, 2) }, (_, index) => {
    const random = day.random.fork(`idle browser ${index}`);
    const outside = day.visitors > 0 && random.chance(0.5);
    const from = outside ? visitorAt(random.integer(0, day.visitors - 1)) : clientAt(someone(day));
    return whole(day, keepIdleConnections(from, random, day.pace));
  });
}
