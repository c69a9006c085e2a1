import { z } from 'zod';
import { Decision } from '#core/decision.ts';
import { parseDuration } from '#core/duration.ts';
import { KubeSecureError } from '#core/error.ts';
import { actorOf } from '../authentication.ts';
import type { ApiApp, ApiDependencies } from '../dependencies.ts';
import type { LimitOperations } from '../limit-operations.ts';
import { problems } from '../openapi.ts';
import { problem, sendProblem } from '../problem.ts';

/** Names of Kubernetes objects: RFC 1123 subdomains. */
const ObjectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'expected a Kubernetes name: lower-case letters, digits, "-" and "."');

const Count = z.int().positive().max(1_000_000);

export const ApplyRateLimitRequest = z
  .strictObject({
    ingress_name: ObjectName,
    namespace: ObjectName,
    rps: Count.optional().describe('Requests per second and client address. Exactly one of `rps` and `rpm`.'),
    rpm: Count.optional().describe('Requests per minute and client address.'),
    burst: Count.optional().describe(
      "Requests that may come at once above the rate; the controller's default if left out.",
    ),
    connections: Count.optional().describe('Concurrent connections per client address.'),
    ttl: z.string().max(32).optional().describe('How long it holds, as a duration: 90s, 10m, 1h.'),
    dry_run: z.boolean().default(false).describe('Only say what would be done.'),
  })
  .refine(({ rps, rpm }) => (rps === undefined) !== (rpm === undefined), {
    path: ['rps'],
    message: 'exactly one of rps and rpm is needed',
  });
export type ApplyRateLimitRequest = z.infer<typeof ApplyRateLimitRequest>;

export const IngressName = z.strictObject({ ingress_name: ObjectName, namespace: ObjectName });
export type IngressName = z.infer<typeof IngressName>;

export const RateLimitResponse = z.object({ message: z.string(), decision: Decision, notes: z.array(z.string()) });
export type RateLimitResponse = z.infer<typeof RateLimitResponse>;

export const RateLimitCheck = z.object({
  ingress_name: z.string(),
  namespace: z.string(),
  /** The rate-limit annotations in force, key to value. */
  annotations: z.record(z.string(), z.string()),
  /** Field managers that own each of them. */
  owners: z.record(z.string(), z.array(z.string())),
  decision: Decision.nullable(),
});
export type RateLimitCheck = z.infer<typeof RateLimitCheck>;

/** POST /apply_rate_limit, POST /revert_rate_limit, GET /check_rate_limit. */
export function addRateLimitRoutes(app: ApiApp, { limits }: ApiDependencies): void {
  app.route({
    method: 'POST',
    url: '/apply_rate_limit',
    schema: {
      summary: 'Limit an Ingress',
      description: '200 once it is in force (or simulated), 202 if it is stored and will be done.',
      tags: ['response'],
      querystring: z.strictObject({}),
      body: ApplyRateLimitRequest,
      response: { 200: RateLimitResponse, 202: RateLimitResponse, ...problems(400, 401, 403, 404, 409, 503) },
    },
    handler: async (request, reply) => {
      const { ingress_name: name, namespace, rps, rpm, burst, connections, ttl, dry_run: dryRun } = request.body;
      const { decision, notes } = await connected(limits).apply({
        ref: { namespace, name },
        limit: { rps: rps ?? null, rpm: rpm ?? null, burst: burst ?? null, connections: connections ?? null },
        ttlMs: ttl === undefined ? null : parseDuration(ttl),
        dryRun,
        actor: actorOf(request),
      });

      const message = messageOf(decision);
      if (decision.state === 'failed') {
        return sendProblem(reply, { ...problem(503, 'unavailable', message), decision });
      }
      if (decision.state === 'refused' || decision.state === 'superseded') {
        return sendProblem(reply, { ...problem(409, 'conflict', message), decision });
      }
      reply.code(decision.state === 'planned' ? 202 : 200);
      return { message, decision, notes: [...notes] };
    },
  });

  app.route({
    method: 'POST',
    url: '/revert_rate_limit',
    schema: {
      summary: 'Put back what stood before',
      description: '200 once it is back, 202 if the cluster does not answer and it will be tried again.',
      tags: ['response'],
      querystring: z.strictObject({}),
      body: IngressName,
      response: { 200: RateLimitResponse, 202: RateLimitResponse, ...problems(400, 401, 403, 404, 409, 503) },
    },
    handler: async (request, reply) => {
      const { ingress_name: name, namespace } = request.body;
      const { decision, notes } = await connected(limits).revert({ ref: { namespace, name }, actor: actorOf(request) });
      if (!decision) {
        const why = notes.join(' ') || 'nothing of KubeSecure is in force there';
        throw new KubeSecureError('not-found', `while reverting the limit on ingress ${namespace}/${name}: ${why}`);
      }
      const isOwed = decision.state === 'applied' || decision.state === 'planned' || decision.state === 'failed';
      reply.code(isOwed ? 202 : 200);
      const message = isOwed ? owedMessageOf(decision) : messageOf(decision);
      return { message, decision, notes: [...notes] };
    },
  });

  app.route({
    method: 'GET',
    url: '/check_rate_limit',
    schema: {
      summary: 'The limits in force on an Ingress, and who set them',
      tags: ['response'],
      querystring: IngressName,
      response: { 200: RateLimitCheck, ...problems(400, 401, 403, 404, 503) },
    },
    handler: async (request) => {
      const { ingress_name: name, namespace } = request.query;
      const { annotations, owners, decision } = await connected(limits).check({ namespace, name });
      const ownersOf = Object.entries(owners).map(([key, managers]): [string, string[]] => [key, [...managers]]);
      return {
        ingress_name: name,
        namespace,
        annotations: { ...annotations },
        owners: Object.fromEntries(ownersOf),
        decision,
      };
    },
  });
}

function connected(limits: LimitOperations | null): LimitOperations {
  if (limits) return limits;
  throw new KubeSecureError(
    'unavailable',
    'while reaching the cluster: none is connected; start with a reachable KUBECONFIG to act on Ingresses',
  );
}

function owedMessageOf(decision: Decision): string {
  const again = decision.nextAttemptAt ? `, tried again at ${decision.nextAttemptAt}` : '';
  return `What stood before will be back on ${placeOf(decision)}${again}${decision.reason ? `: ${decision.reason}` : ''}.`;
}

function placeOf({ target, victim }: Decision): string {
  return target ? `ingress ${target.namespace}/${target.name}` : victim;
}

function messageOf(decision: Decision): string {
  const { state, until, reason, nextAttemptAt } = decision;
  const where = placeOf(decision);
  const because = reason ? `: ${reason}` : '';
  switch (state) {
    case 'applied':
      return `The limit is in force on ${where} until ${until}.`;
    case 'simulated':
      return `Dry run: the limit on ${where} was not written${because}.`;
    case 'planned':
      return `The limit on ${where} is stored and will be written.`;
    case 'failed':
      return `Could not be done on ${where}${because}${nextAttemptAt ? `; tried again at ${nextAttemptAt}` : ''}.`;
    case 'refused':
      return `Refused on ${where}${because}.`;
    case 'superseded':
      return `A newer decision took its place on ${where}${because}.`;
    case 'expired':
    case 'reverted':
      return `What stood before is back on ${where}.`;
    default:
      return state satisfies never;
  }
}
