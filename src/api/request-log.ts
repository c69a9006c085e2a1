import type { ApiApp, ApiDependencies } from './dependencies.ts';

/**
 * One line for each answer: what was asked by whom, and how it went. Only the route's pattern is written, never the
 * query, a body or a header, so no token or password can get in. Reading is `debug`: the page asks every second.
 */
export function logRequests(app: ApiApp, { log }: ApiDependencies): void {
  app.addHook('onResponse', async (request, reply) => {
    const fields = {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      actor: request.actor,
      address: request.ip,
    };

    if (reply.statusCode >= 500) log.warn(fields, 'request failed');
    else if (request.method === 'GET' || request.method === 'HEAD') log.debug(fields, 'request answered');
    else log.info(fields, 'request answered');
  });
}
