import type { Random } from '../random.ts';
import type { Activity, Play, Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { clientAt, type Machine } from '../traffic/machine.ts';
import { natsPool, postgresPool, queryOneByOne, redisPool, rpcCaller } from '../traffic/pools.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';

const POOLS: readonly ((from: Machine, random: Random) => Play)[] = [
  (from, random) => postgresPool(from, { random, pace: 1 }),
  (from, random) => redisPool(from, { random, pace: 1 }),
  (from, random) => natsPool(from, { random, pace: 1 }),
  (from, random) => rpcCaller(from, { random, pace: 1 }),
  (from, random) => queryOneByOne(from, 'database', { random, pace: 1 }),
  (from, random) => queryOneByOne(from, 'cache', { random, pace: 1 }),
];

export const connectionPools: Scenario = {
  name: 'connection-pools',
  family: 'benign',
  summary: 'programs start, open their pools at once and keep them, beside others that connect for every query',
  plan(random, { quick }) {
    const durationMs = quick ? 9_000 : random.integer(30, 60) * 1_000;
    const clients = random.integer(3, 8);
    const programs = random.integer(3, quick ? 6 : 12);
    const restarts = random.chance(0.4);

    const { services, visitors } = drawSurroundings(random, { services: ['database', 'cache', 'queue', 'rpc'] });
    const day = drawBackground(random, random.between(0.3, 0.7), { services, visitors });
    const pools = Array.from({ length: programs }, (_, index): Activity[] => {
      const from = clientAt(random.integer(0, clients - 1));
      const startMs = random.between(0, durationMs * 0.25);
      const play = random.pick(POOLS)(from, random.fork(`program ${index}`));
      const stopMs = durationMs * random.between(0.4, 0.6);
      if (!restarts) return [{ startMs, endMs: durationMs, play }];
      // A program that is deployed anew closes its pool and opens it again, all connections at once.
      return [
        { startMs, endMs: stopMs, play },
        { startMs: stopMs + random.between(500, 3_000), endMs: durationMs, play },
      ];
    });
    return {
      parameters: { ...day, programs, restarts, visitors, services: services.join(' ') },
      durationMs,
      clients,
      attackers: 0,
      visitors,
      services,
      activities: [...backgroundActivities(random, day, { durationMs, clients, visitors }), ...pools.flat()],
      attacks: [],
    };
  },
};
