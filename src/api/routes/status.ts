import { z } from 'zod';
import type { SensorStats } from '#core/sensor-stats.ts';
import { ReadinessCheck } from '../dependencies.ts';
import type { ApiApp, ApiDependencies } from '../dependencies.ts';
import { problems } from '../openapi.ts';

/** More open alerts than this are not counted one by one: the page asks every second. */
const COUNT_LIMIT = 500;

const Sensor = z.object({
  source: z.string(),
  packets: z.number(),
  bytes: z.number(),
  drops: z.record(z.string(), z.number()),
  flowsOpen: z.number(),
  flowsReported: z.number(),
  flowsEvicted: z.number(),
  table: z.object({
    records: z.number(),
    recordCapacity: z.number(),
    seeds: z.number(),
    seedCapacity: z.number(),
  }),
  entities: z.object({ held: z.number(), evicted: z.number() }),
  packetTimeUs: z.number(),
}) satisfies z.ZodType<SensorStats>;

/** How the whole thing stands now. */
export const ApiStatus = z.object({
  version: z.string(),
  /** The server's clock. */
  now: z.iso.datetime(),
  responseMode: z.enum(['dry-run', 'enforce']),
  /** Where packets come from, in words. */
  source: z.string(),
  /** Whether a cluster is there to act on. */
  canLimit: z.boolean(),
  /** Counters since the sensor's start; null while no packets are read. */
  sensor: Sensor.nullable(),
  counts: z.object({
    openAlerts: z.int(),
    /** There are more than were counted. */
    moreOpenAlerts: z.boolean(),
    /** On an Ingress now, also where the time is up and the undo is owed. */
    decisionsInForce: z.int(),
    /** Dry runs whose time is not up. */
    decisionsSimulated: z.int(),
    pendingNotifications: z.int(),
  }),
  ready: z.boolean(),
  checks: z.array(ReadinessCheck),
});
export type ApiStatus = z.infer<typeof ApiStatus>;

/** GET /api/status. */
export function addStatusRoutes(app: ApiApp, dependencies: ApiDependencies): void {
  const { store, limits, sensor, readiness, clock, version, mode } = dependencies;
  app.route({
    method: 'GET',
    url: '/api/status',
    schema: {
      summary: 'Sensor, mode, counts and readiness in one answer',
      tags: ['operation'],
      querystring: z.strictObject({}),
      response: { 200: ApiStatus, ...problems(400, 401, 503) },
    },
    handler: async () => {
      const [checks, counts] = await Promise.all([readiness(), countAll()]);
      return {
        version,
        now: new Date(clock.now()).toISOString(),
        responseMode: mode.responseMode,
        source: mode.source,
        canLimit: limits !== null,
        sensor: sensor(),
        counts,
        ready: checks.every(({ ok }) => ok),
        checks: [...checks],
      };
    },
  });

  async function countAll(): Promise<ApiStatus['counts']> {
    const [open, active, pendingNotifications] = await Promise.all([
      store.listAlerts({ status: 'open', limit: COUNT_LIMIT }),
      store.listDecisions({ states: ['applied', 'simulated'], limit: COUNT_LIMIT }),
      store.countPendingNotifications(),
    ]);
    const simulated = active.filter(({ state, until }) => state === 'simulated' && Date.parse(until) > clock.now());
    return {
      openAlerts: open.items.length,
      moreOpenAlerts: open.next !== null,
      decisionsInForce: active.filter(({ state }) => state === 'applied').length,
      decisionsSimulated: simulated.length,
      pendingNotifications,
    };
  }
}
