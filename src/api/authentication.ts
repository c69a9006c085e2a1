import jwt from '@fastify/jwt';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parseDuration } from '#core/duration.ts';
import type { UserRecord } from '#core/store.ts';
import { loadTokenKey, passwordEpochOf } from './accounts.ts';
import type { ApiApp, ApiDependencies } from './dependencies.ts';
import { problem, sendProblem } from './problem.ts';

const ISSUER = 'kubesecure';

const TokenPayload = z.object({ sub: z.string(), epoch: z.string() });

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers without a token. A route that does not say so needs one. */
    readonly public?: boolean;
  }
  interface FastifyRequest {
    /** Name of the person whose token came with the request; null on public routes. */
    actor: string | null;
  }
}

/** Makes every route need `Authorization: Bearer`, unless its config says `public`. */
export async function requireTokens(app: ApiApp, { store, clock }: ApiDependencies): Promise<void> {
  await app.register(jwt, {
    secret: await loadTokenKey(store),
    sign: { iss: ISSUER, algorithm: 'HS256' },
    verify: { allowedIss: ISSUER, algorithms: ['HS256'] },
  });
  app.decorateRequest('actor', null);

  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.public || request.is404) return;

    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!token) {
      await refuse('This needs a token: POST /api/login gives one, to be sent as "Authorization: Bearer <token>".');
      return;
    }

    const payload = verified(token);
    const user = payload && (await store.getUser(payload.sub));
    if (!user || passwordEpochOf(user) !== payload.epoch) {
      await refuse('The token is not valid, or no longer: log in again.');
      return;
    }
    request.actor = user.name;

    async function refuse(detail: string): Promise<void> {
      reply.header('www-authenticate', 'Bearer realm="kubesecure"');
      await sendProblem(reply, problem(401, 'unauthenticated', detail));
    }
  });

  function verified(token: string): TokenPayload | null {
    try {
      return TokenPayload.parse(app.jwt.verify(token, { clockTimestamp: clock.now() }));
    } catch {
      return null;
    }
  }
}
type TokenPayload = z.infer<typeof TokenPayload>;

/** A token for this user, and how long it is good for in seconds. */
export function issueToken(
  app: ApiApp,
  { clock, settings }: ApiDependencies,
  user: UserRecord,
): { token: string; expiresInSeconds: number } {
  const expiresInSeconds = Math.floor(parseDuration(settings.tokenTtl) / 1000);
  const issuedAtSeconds = Math.floor(clock.now() / 1000);
  const token = app.jwt.sign({
    sub: user.name,
    epoch: passwordEpochOf(user),
    iat: issuedAtSeconds,
    exp: issuedAtSeconds + expiresInSeconds,
  });
  return { token, expiresInSeconds };
}

/** The person behind a request to a route that needs a token. */
export function actorOf(request: FastifyRequest): string {
  if (request.actor === null) throw new Error(`while reading who called ${request.url}: the route is public`);
  return request.actor;
}
