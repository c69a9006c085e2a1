import { z } from 'zod';
import { AuditEntry } from '#core/decision.ts';
import type { ApiApp, ApiDependencies } from '../dependencies.ts';
import { problems } from '../openapi.ts';

/** GET /api/audit. */
export function addAuditRoutes(app: ApiApp, { store }: ApiDependencies): void {
  app.route({
    method: 'GET',
    url: '/api/audit',
    schema: {
      summary: 'Who did what, newest first',
      tags: ['operation'],
      querystring: z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
      response: { 200: z.array(AuditEntry), ...problems(400, 401, 503) },
    },
    handler: (request) => store.listAudit({ limit: request.query.limit }),
  });
}
