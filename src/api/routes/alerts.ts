import { z } from 'zod';
import { ALERT_STATUSES, Alert } from '#core/alert.ts';
import { KubeSecureError } from '#core/error.ts';
import { FAMILIES, SEVERITIES } from '#core/family.ts';
import type { ApiApp, ApiDependencies } from '../dependencies.ts';
import { problems } from '../openapi.ts';

const Moment = z.iso.datetime({ offset: true });

const AlertFilter = z.strictObject({
  status: z.enum(ALERT_STATUSES).optional(),
  family: z.enum(FAMILIES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  namespace: z.string().min(1).max(253).optional().describe("Namespace of the entity's workload."),
  since: Moment.optional().describe('Only alerts last seen at this moment or later.'),
  until: Moment.optional().describe('Only alerts first seen at this moment or before.'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().min(1).max(512).optional().describe('`X-Next-Cursor` of the page before.'),
});

/** GET /get-alerts and GET /get-alerts/{id}. */
export function addAlertRoutes(app: ApiApp, { store }: ApiDependencies): void {
  app.route({
    method: 'GET',
    url: '/get-alerts',
    schema: {
      summary: 'Alerts, newest first',
      description:
        'Where there are more, `X-Next-Cursor` has the cursor and `Link` (RFC 8288) the address of the rest.',
      tags: ['alerts'],
      querystring: AlertFilter,
      response: { 200: z.array(Alert), ...problems(400, 401, 503) },
    },
    handler: async (request, reply) => {
      const { since, until, ...filter } = request.query;
      const page = await store.listAlerts({
        ...filter,
        sinceMs: since === undefined ? undefined : Date.parse(since),
        untilMs: until === undefined ? undefined : Date.parse(until),
      });

      if (page.next !== null) {
        const rest = new URL(request.url, 'http://localhost');
        rest.searchParams.set('cursor', page.next);
        reply.header('x-next-cursor', page.next);
        reply.header('link', `<${rest.pathname}${rest.search}>; rel="next"`);
      }
      return [...page.items];
    },
  });

  app.route({
    method: 'GET',
    url: '/get-alerts/:id',
    schema: {
      summary: 'One alert',
      tags: ['alerts'],
      params: z.strictObject({ id: z.string().min(1).max(128) }),
      querystring: z.strictObject({}),
      response: { 200: Alert, ...problems(400, 401, 404, 503) },
    },
    handler: async (request) => {
      const alert = await store.getAlert(request.params.id);
      if (!alert) throw new KubeSecureError('not-found', `while reading alert ${request.params.id}: there is none`);
      return alert;
    },
  });
}
