import { z } from 'zod';
import { DECISION_STATES, Decision } from '#core/decision.ts';
import { KubeSecureError } from '#core/error.ts';
import type { ApiApp, ApiDependencies } from '../dependencies.ts';
import { problems } from '../openapi.ts';

const State = z.enum(DECISION_STATES);

const DecisionFilter = z.strictObject({
  state: z
    .union([State.transform((state) => [state]), z.array(State)])
    .optional()
    .describe('Only decisions in this state; may be given more than once.'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** GET /api/decisions and GET /api/decisions/{id}. */
export function addDecisionRoutes(app: ApiApp, { store }: ApiDependencies): void {
  app.route({
    method: 'GET',
    url: '/api/decisions',
    schema: {
      summary: 'Decisions, newest first',
      tags: ['response'],
      querystring: DecisionFilter,
      response: { 200: z.array(Decision), ...problems(400, 401, 503) },
    },
    handler: (request) => {
      const { state, limit } = request.query;
      return store.listDecisions(state ? { states: state, limit } : { limit });
    },
  });

  app.route({
    method: 'GET',
    url: '/api/decisions/:id',
    schema: {
      summary: 'One decision',
      tags: ['response'],
      params: z.strictObject({ id: z.string().min(1).max(128) }),
      querystring: z.strictObject({}),
      response: { 200: Decision, ...problems(400, 401, 404, 503) },
    },
    handler: async (request) => {
      const decision = await store.getDecision(request.params.id);
      if (!decision)
        throw new KubeSecureError('not-found', `while reading decision ${request.params.id}: there is none`);
      return decision;
    },
  });
}
