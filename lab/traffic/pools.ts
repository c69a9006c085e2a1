import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import type { Lab, Play } from '../scenario.ts';
import type { Machine } from './machine.ts';
import { nodeClient } from './node-client.ts';
import { repeat } from './repeat.ts';

/** `pace` 1 is an ordinary program; 0.1 does a tenth of it. */
export interface PoolOptions {
  readonly random: Random;
  readonly pace: number;
}

/** A program's connections to Redis: opened at the start, kept, used at a drawn rate. */
export function redisPool(from: Machine, { random, pace }: PoolOptions): Play {
  const shape = drawPool(random, pace);
  return nodeClient(from, 'pool', ({ hosts, accounts }) => ({
    ...shape,
    ...accounts.cache,
    protocol: 'redis',
    address: hosts.cache.ip,
    port: 6379,
  }));
}

/** A program's connections to NATS: some publish and listen, some only listen, idle for minutes but for a ping. */
export function natsPool(from: Machine, { random, pace }: PoolOptions): Play {
  const idle = random.chance(0.35);
  // Every subscriber hears of every message, so few connections make much traffic.
  const shape = { ...drawPool(random, pace), connections: random.integer(1, 8) };
  return nodeClient(from, 'pool', ({ hosts, accounts }) => ({
    ...shape,
    ...(idle ? { requestsPerSecond: 0 } : {}),
    ...accounts.queue,
    protocol: 'nats',
    address: hosts.queue.ip,
    port: 4222,
  }));
}

/** A caller of the RPC service: short calls, and in half the callers streams that stay open. */
export function rpcCaller(from: Machine, { random, pace }: PoolOptions): Play {
  const settings = {
    seed: random.integer(1, 1_000_000),
    connections: random.integer(1, 4),
    callsPerSecond: random.chance(0.2) ? 0 : random.logBetween(0.3, 60) * pace,
    streams: random.chance(0.5) ? random.integer(1, 6) : 0,
    messageMs: random.logBetween(200, 10_000) / pace,
    mostBytes: random.logBetween(50, 20_000),
  };
  return nodeClient(from, 'rpc', ({ hosts }) => ({ ...settings, address: hosts.rpc.ip }));
}

/** A program's connections to PostgreSQL, by pgbench: opened at the start, kept, with transactions at a drawn rate. */
export function postgresPool(from: Machine, { random, pace }: PoolOptions): Play {
  const connections = Math.round(random.logBetween(1, 20));
  const transactionsPerSecond = random.logBetween(0.5, 60) * pace;
  const script = drawTransaction(random);
  return async (lab, signal) => {
    const file = join(lab.scratch, `transaction-${random.integer(1, 1_000_000_000)}.sql`);
    await writeFile(file, script);
    const shape = ['-c', String(connections), '-R', transactionsPerSecond.toFixed(3), '-T', '7200'];
    await lab.run(from(lab.hosts), ['pgbench', '-n', ...shape, '-f', file, databaseUrl(lab)], signal);
  };
}

/** A program in the manner of PHP: one connection to PostgreSQL or Redis for each query. */
export function queryOneByOne(from: Machine, service: 'database' | 'cache', { random, pace }: PoolOptions): Play {
  const meanPauseMs = random.logBetween(100, 4_000) / pace;
  return repeat(random, meanPauseMs, (lab, signal) => {
    if (service === 'database') {
      const rows = Math.round(random.logBetween(1, 2_000));
      const query = `SELECT n, md5(n::text) FROM generate_series(1, ${rows}) n`;
      return lab.run(from(lab.hosts), ['psql', '-qAt', '-c', query, databaseUrl(lab)], signal);
    }
    const key = `session:${random.integer(1, 300)}`;
    const command = random.chance(0.6) ? ['GET', key] : ['SET', key, 'x'.repeat(random.integer(5, 900))];
    return lab.run(from(lab.hosts), [...redisCli(lab), ...command], signal);
  });
}

/** libpq's connection string of the shop's database. */
export function databaseUrl({ hosts, accounts }: Lab, password = accounts.database.password): string {
  return `postgresql://${accounts.database.user}:${password}@${hosts.database.ip}:5432/shop`;
}

/** `redis-cli` logged in to the cache; the command follows. */
export function redisCli({ hosts, accounts }: Lab, password = accounts.cache.password): string[] {
  return ['redis-cli', '-h', hosts.cache.ip, '--no-auth-warning', '-a', password];
}

function drawPool(random: Random, pace: number) {
  return {
    seed: random.integer(1, 1_000_000),
    connections: Math.round(random.logBetween(1, 40)),
    requestsPerSecond: random.logBetween(0.5, 80) * pace,
    mostBytes: random.logBetween(50, 20_000),
    pingMs: random.logBetween(5_000, 120_000),
  };
}

/** pgbench's own language: what is read and how much of it differs from one execution to the next. */
function drawTransaction(random: Random): string {
  const most = Math.round(random.logBetween(2, 1_500));
  const lines = [
    `\\set n random(1, ${most})`,
    'SELECT n, md5(n::text) FROM generate_series(1, :n) n;',
    ...(random.chance(0.5)
      ? ['BEGIN;', 'SELECT now();', 'SELECT sum(n) FROM generate_series(1, :n) n;', 'COMMIT;']
      : []),
  ];
  return `${lines.join('\n')}\n`;
}
