import swagger from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Alert } from '#core/alert.ts';
import { AuditEntry, Decision } from '#core/decision.ts';
import { ReadinessCheck } from './dependencies.ts';
import type { ApiApp, ApiDependencies } from './dependencies.ts';
import { Problem } from './problem.ts';

/** Ours alone: zod's global registry would give these ids to every other JSON schema made in this process. */
const components = z.registry<{ id: string }>();
components.add(Alert, { id: 'Alert' });
components.add(Decision, { id: 'Decision' });
components.add(AuditEntry, { id: 'AuditEntry' });
components.add(Problem, { id: 'Problem' });
components.add(ReadinessCheck, { id: 'ReadinessCheck' });

/** Collects the OpenAPI 3.1 description of every route added after it, and serves it. */
export async function describeApi(app: ApiApp, { version }: ApiDependencies): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'KubeSecure',
        version,
        description: 'Alerts about network attacks, and the decisions taken against them.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ bearer: [] }],
    },
    transform: createJsonSchemaTransform({ schemaRegistry: components }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry: components }),
  });

  app.route({
    method: 'GET',
    url: '/openapi.json',
    config: { public: true },
    schema: { summary: 'This description', tags: ['operation'], security: [] },
    handler: () => app.swagger(),
  });
}

/** The error answers that a route documents, by status. */
export function problems(...statuses: number[]): Record<number, ReturnType<typeof problemAnswer>> {
  return Object.fromEntries(statuses.map((status) => [status, problemAnswer(DESCRIPTION_OF_STATUS[status] ?? '')]));
}

const DESCRIPTION_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'The request is wrong; `errors` says where.',
  401: 'No token, or not a valid one.',
  403: "Not allowed: by the cluster's RBAC, or by our own settings.",
  404: 'There is no such thing.',
  409: 'Something else stands in the way; `decision` says what, if there is one.',
  429: 'Too many attempts; `Retry-After` says how long to wait.',
  503: 'A part that is needed does not answer.',
};

function problemAnswer(description: string) {
  return { description, content: { 'application/problem+json': { schema: Problem } } };
}
