import type { ApiApp, ApiDependencies } from './dependencies.ts';

const HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** Tells browsers what they may do with our answers; pages of other sites get through only if settings name them. */
export function setBrowserRules(app: ApiApp, { settings }: ApiDependencies): void {
  const origins = new Set(settings.corsOrigins.map((origin) => new URL(origin).origin));

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (origins.size === 0) return;

    reply.header('vary', 'Origin');
    const origin = request.headers.origin;
    if (!origin || !origins.has(origin)) return;
    reply.header('access-control-allow-origin', origin);
    reply.header('access-control-expose-headers', 'Link, X-Next-Cursor, Retry-After');
    reply.header('cross-origin-resource-policy', 'cross-origin');

    if (request.method !== 'OPTIONS') return;
    reply.header('access-control-allow-methods', 'GET, POST, DELETE');
    reply.header('access-control-allow-headers', 'Authorization, Content-Type');
    reply.header('access-control-max-age', '600');
    await reply.code(204).send();
  });

  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
}
