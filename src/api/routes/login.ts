import formbody from '@fastify/formbody';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { parseDuration } from '#core/duration.ts';
import { authenticate } from '../accounts.ts';
import { issueToken } from '../authentication.ts';
import type { ApiApp, ApiDependencies } from '../dependencies.ts';
import { createLoginGuard } from '../login-guard.ts';
import { problems } from '../openapi.ts';
import { problem, sendProblem } from '../problem.ts';

export const LoginRequest = z.strictObject({
  username: z.string().min(1).max(128),
  password: z.string().min(1).max(1024),
});
export type LoginRequest = z.infer<typeof LoginRequest>;

export const LoginResponse = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  /** Seconds. */
  expires_in: z.int(),
});
export type LoginResponse = z.infer<typeof LoginResponse>;

/** POST /api/login: a name and a password for a token. */
export async function addLoginRoutes(app: ApiApp, dependencies: ApiDependencies): Promise<void> {
  const { settings, store, clock } = dependencies;
  const guard = createLoginGuard({
    clock,
    maxFailures: settings.lockoutAfterFailures,
    lockMs: parseDuration(settings.lockoutDuration),
  });

  // A scope of its own: only here may a body be form-encoded.
  await app.register(async (scope) => {
    await scope.register(formbody, { bodyLimit: 16 * 1024 });
    scope.withTypeProvider<ZodTypeProvider>().route({
      method: 'POST',
      url: '/api/login',
      config: {
        public: true,
        rateLimit: {
          max: settings.loginAttemptsPerMinute,
          timeWindow: '1 minute',
          errorResponseBuilder: (_request, { after, statusCode }) =>
            Object.assign(new Error(`Too many logins were tried from here; wait ${after}.`), { statusCode }),
        },
      },
      schema: {
        summary: 'Log in',
        description: 'Gives a bearer token. The body may be JSON or form-encoded.',
        tags: ['session'],
        security: [],
        consumes: ['application/json', 'application/x-www-form-urlencoded'],
        body: LoginRequest,
        response: { 200: LoginResponse, ...problems(400, 401, 429) },
      },
      handler: async (request, reply) => {
        const { username, password } = request.body;
        const waitMs = guard.waitMs(username, request.ip);
        if (waitMs > 0) return tellToWait(waitMs);

        const user = await authenticate(store, username, password);
        if (!user) {
          const locked = guard.failed(username, request.ip);
          await audit('login.failed', locked ? `wrong name or password; ${LOCKED}` : 'wrong name or password');
          return sendProblem(reply, problem(401, 'unauthenticated', 'The name or the password is wrong.'));
        }

        guard.succeeded(username, request.ip);
        await audit('login.succeeded', '', user.name);
        const { token, expiresInSeconds } = issueToken(app, dependencies, user);
        return { access_token: token, token_type: 'bearer', expires_in: expiresInSeconds } as const;

        function tellToWait(ms: number) {
          const seconds = Math.ceil(ms / 1000);
          reply.header('retry-after', seconds);
          const detail = `Too many wrong passwords: this account is locked here for ${seconds} s more.`;
          return sendProblem(reply, problem(429, 'too-many-attempts', detail));
        }

        // The name that was typed is not written when nobody has it: people type passwords into that field.
        async function audit(action: string, detail: string, actor?: string): Promise<void> {
          await store.appendAudit({
            at: new Date(clock.now()).toISOString(),
            actor: actor ?? ((await store.getUser(username)) ? username : 'unknown user'),
            action,
            subject: `login from ${request.ip}`,
            decisionId: null,
            detail,
          });
        }
      },
    });
  });
}

const LOCKED = 'locked out for a while';
