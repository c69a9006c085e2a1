import { z } from 'zod';
import { ReadinessCheck } from '../dependencies.ts';
import type { ApiApp, ApiDependencies } from '../dependencies.ts';

const Readiness = z.object({ ready: z.boolean(), checks: z.array(ReadinessCheck) });

/** GET /healthz, GET /readyz, GET /metrics: for the platform, without a token. */
export function addProbeRoutes(app: ApiApp, { readiness, metrics }: ApiDependencies): void {
  app.route({
    method: 'GET',
    url: '/healthz',
    config: { public: true },
    schema: {
      summary: 'The process runs',
      tags: ['operation'],
      security: [],
      response: { 200: z.object({ status: z.literal('ok') }) },
    },
    handler: () => ({ status: 'ok' }) as const,
  });

  app.route({
    method: 'GET',
    url: '/readyz',
    config: { public: true },
    schema: {
      summary: 'Every part that is needed answers',
      description: '503 if one does not; the list of checks says which.',
      tags: ['operation'],
      security: [],
      response: { 200: Readiness, 503: Readiness },
    },
    handler: async (_request, reply) => {
      const checks = [...(await readiness())];
      const ready = checks.every(({ ok }) => ok);
      reply.code(ready ? 200 : 503);
      return { ready, checks };
    },
  });

  app.route({
    method: 'GET',
    url: '/metrics',
    config: { public: true },
    schema: { summary: 'Metrics for Prometheus', tags: ['operation'], security: [] },
    handler: async (_request, reply) => {
      const { contentType, body } = await metrics();
      return reply.type(contentType).send(body);
    },
  });
}
