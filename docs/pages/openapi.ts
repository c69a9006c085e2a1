import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import { VERSION } from '#core/version.ts';
import { ApiConfig } from '#api/config.ts';
import { createApiServer } from '#api/server.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';

/** The OpenAPI document as the server itself gives it. */
export async function openApiPage(): Promise<string> {
  const store = openSqliteStore({ path: ':memory:', clock: systemClock });
  const server = await createApiServer({
    store,
    limits: null,
    sensor: () => null,
    readiness: () => Promise.resolve([]),
    metrics: () => Promise.resolve({ contentType: 'text/plain', body: '' }),
    clock: systemClock,
    log: silentLog,
    settings: ApiConfig.parse({}),
    webRoot: null,
    version: VERSION,
    mode: { responseMode: 'dry-run', source: '' },
  });
  const { body } = await server.inject('/openapi.json');
  await server.close();
  await store.close();
  return `${JSON.stringify(JSON.parse(body), null, 2)}\n`;
}
