import fastifyStatic from '@fastify/static';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiApp, ApiDependencies } from '../dependencies.ts';
import { problem, sendProblem } from '../problem.ts';

/** Serves the built page at `/`, or says how to build it. */
export async function addPage(app: ApiApp, { webRoot }: ApiDependencies): Promise<void> {
  if (webRoot === null || !existsSync(join(webRoot, 'index.html'))) {
    app.route({
      method: 'GET',
      url: '/',
      config: { public: true },
      schema: { hide: true },
      handler: (_request, reply) =>
        sendProblem(reply, problem(404, 'not-found', 'The page is not built; the API is here: see /openapi.json.')),
    });
    return;
  }

  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true };
    });
    // Without the wildcard each file is a route of its own: nothing outside the folder can be asked for.
    await scope.register(fastifyStatic, {
      root: webRoot,
      wildcard: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        // Vite puts a hash of the content into the names below assets/.
        const forever = path.includes('/assets/');
        reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  });
}
