import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Clock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import type { Store } from '#core/store.ts';
import type { ApiConfig } from './config.ts';
import type { LimitOperations } from './limit-operations.ts';

/** One condition for being ready, and how it stands. */
export const ReadinessCheck = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
export type ReadinessCheck = z.infer<typeof ReadinessCheck>;

/** Everything the server is given; it opens nothing itself. */
export interface ApiDependencies {
  readonly store: Store;
  /** Null where there is no cluster to act on. */
  readonly limits: LimitOperations | null;
  /** Null while no packets are read. */
  readonly sensor: () => SensorStats | null;
  readonly readiness: () => Promise<readonly ReadinessCheck[]>;
  /** The Prometheus text and its content type. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: ApiConfig;
  /** Folder with the built page; null serves none. */
  readonly webRoot: string | null;
  readonly version: string;
  readonly mode: {
    readonly responseMode: 'dry-run' | 'enforce';
    /** Where packets come from, in words: `replay of samples/attack.pcap`, `interface eth0`. */
    readonly source: string;
  };
}

/** The Fastify instance with zod as its type provider. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
