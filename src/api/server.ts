/**
 * The HTTP API: requests come in, JSON and problem documents (RFC 9457) go out, and the built page is served beside
 * them. It owns the sessions; everything it shows or changes belongs to the stages that it is given.
 */
import rateLimit from '@fastify/rate-limit';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { KubeSecureError, reasonOf, systemCodeOf } from '#core/error.ts';
import { requireTokens } from './authentication.ts';
import { setBrowserRules } from './browser-rules.ts';
import type { ApiApp, ApiDependencies } from './dependencies.ts';
import { describeApi } from './openapi.ts';
import { problem, problemOf, sendProblem } from './problem.ts';
import { logRequests } from './request-log.ts';
import { addAlertRoutes } from './routes/alerts.ts';
import { addAuditRoutes } from './routes/audit.ts';
import { addDecisionRoutes } from './routes/decisions.ts';
import { addLoginRoutes } from './routes/login.ts';
import { addPage } from './routes/page.ts';
import { addProbeRoutes } from './routes/probes.ts';
import { addRateLimitRoutes } from './routes/rate-limits.ts';
import { addStatusRoutes } from './routes/status.ts';

const BODY_LIMIT_BYTES = 256 * 1024;

/** The whole API, ready to listen (or to be injected into). Rejects if the store cannot give the token key. */
export async function createApiServer(dependencies: ApiDependencies): Promise<ApiApp> {
  const { settings } = dependencies;
  const app: ApiApp = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    frameworkErrors: (error, request, reply) => void sendProblem(reply, problemOf(error, request.id)),
    genReqId: () => crypto.randomUUID(),
    // A stopped server must not wait for pages that keep their connections open.
    forceCloseConnections: true,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');

  answerErrors(app, dependencies);
  setBrowserRules(app, dependencies);
  logRequests(app, dependencies);
  await app.register(rateLimit, { global: false });
  await requireTokens(app, dependencies);
  await describeApi(app, dependencies);

  await addLoginRoutes(app, dependencies);
  addAlertRoutes(app, dependencies);
  addRateLimitRoutes(app, dependencies);
  addDecisionRoutes(app, dependencies);
  addAuditRoutes(app, dependencies);
  addStatusRoutes(app, dependencies);
  addProbeRoutes(app, dependencies);
  await addPage(app, dependencies);

  await app.ready();
  return app;
}

/** Starts listening; returns the address for a browser. Throws `conflict` for a port that is taken. */
export async function listen(app: ApiApp, where: { readonly host: string; readonly port: number }): Promise<string> {
  const { host, port } = where;
  try {
    return await app.listen({ host, port });
  } catch (error) {
    throw listenError(error, host, port);
  }
}

function listenError(cause: unknown, host: string, port: number): KubeSecureError {
  const doing = `while starting the HTTP server on ${host}:${port}`;
  const code = systemCodeOf(cause);
  if (code === 'EADDRINUSE') {
    const message = `${doing}: port ${port} is taken by another program; stop it or choose another with --port`;
    return new KubeSecureError('conflict', message, { cause });
  }
  if (code === 'EACCES') {
    return new KubeSecureError('forbidden', `${doing}: no permission to use port ${port}; ports above 1023 need none`, {
      cause,
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new KubeSecureError('usage', `${doing}: this machine has no address ${host}`, { cause });
  }
  return new KubeSecureError('internal', `${doing}: ${reasonOf(cause)}`, { cause });
}

function answerErrors(app: ApiApp, { log }: ApiDependencies): void {
  app.setErrorHandler((error, request, reply) => {
    const document = problemOf(error, request.id);
    if (document.status === 500) {
      log.error({ requestId: request.id, route: request.routeOptions.url ?? null, err: error }, 'request broke');
    }
    return sendProblem(reply, document);
  });

  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, problem(404, 'not-found', `There is no ${request.method} ${request.url.split('?')[0]} here.`)),
  );
}
