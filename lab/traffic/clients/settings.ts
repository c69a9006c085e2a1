/** What the lab's own client programs are told: one argument, JSON that the lab itself wrote. */
import type { Random } from '../../random.ts';

/** One URL that is asked for again and again. */
export interface Call {
  readonly url: string;
  readonly periodMs: number;
  /** Share of the period by which each beat may stray, 0 to 1; `poisson`: pauses of that mean, after the answer. */
  readonly jitter: number | 'poisson';
  readonly keepAlive: boolean;
  /** How many do the same beside each other, each with a connection of its own. */
  readonly connections: number;
  /** First request, milliseconds after the program's start, plus up to `spreadMs`. */
  readonly fromMs: number;
  readonly spreadMs: number;
  /** No request begins later. */
  readonly untilMs: number;
  /** 0 is a GET, more is a POST of so many bytes. */
  readonly bodyBytes: number;
}

/** Argument of `http-main.ts`. */
export interface HttpSettings {
  readonly seed: number;
  readonly calls: readonly Call[];
}

/** Argument of `pool-main.ts`: connections that are opened at the start and kept. */
export interface PoolSettings {
  readonly seed: number;
  readonly protocol: 'redis' | 'nats';
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly connections: number;
  /** Of all connections together; 0: they only stay alive. */
  readonly requestsPerSecond: number;
  /** Largest value or message, bytes. */
  readonly mostBytes: number;
  /** How often an idle connection shows that it lives. */
  readonly pingMs: number;
}

/** Argument of `rpc-main.ts`. */
export interface RpcSettings {
  readonly seed: number;
  readonly address: string;
  readonly connections: number;
  /** Unary calls of all connections together. */
  readonly callsPerSecond: number;
  /** Streams that stay open, with a message now and then. */
  readonly streams: number;
  readonly messageMs: number;
  readonly mostBytes: number;
}

/** Argument of `resolver-main.ts`. */
export interface ResolverSettings {
  readonly seed: number;
  readonly address: string;
  readonly questions: readonly { readonly name: string; readonly type: 'A' | 'AAAA' | 'MX' | 'TXT' }[];
  /** Questions of one burst, all at once. */
  readonly mostAtOnce: number;
  readonly meanPauseMs: number;
}

/** Argument of `events-client-main.ts`. */
export interface EventsSettings {
  readonly seed: number;
  readonly address: string;
  readonly mode: 'poll' | 'stream' | 'socket';
  readonly connections: number;
  /** Connections are opened within this time. */
  readonly spreadMs: number;
}

/** Port of the events server, `events-server-main.ts`. */
export const EVENTS_PORT = 8090;

/** Go's and most kernels' clients ask an idle peer no more often whether it lives; Node would ask every second. */
export const KEEP_ALIVE_PROBE_MS = 15_000;

/** Exponential pause of mean `meanMs`, at most four times that. */
export function poissonPauseMs(random: Random, meanMs: number): number {
  return Math.min(-Math.log(1 - random.unit()), 4) * meanMs;
}
