import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureAdmin } from '#api/accounts.ts';
import { ApiConfig } from '#api/config.ts';
import type { ApiApp, ApiDependencies } from '#api/dependencies.ts';
import { createApiServer } from '#api/server.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import { silentLog } from '#core/log.ts';
import type { Store } from '#core/store.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';

export const PASSWORD = 'correct horse battery';

export const SENSOR: SensorStats = {
  source: 'replay of samples/attack.pcap',
  packets: 184_213,
  bytes: 92_113_400,
  drops: { 'not-ip': 12, truncated: 0 },
  flowsOpen: 214,
  flowsReported: 9120,
  flowsEvicted: 0,
  table: { records: 200, recordCapacity: 262_144, seeds: 14, seedCapacity: 65_536 },
  entities: { held: 31, evicted: 0 },
  packetTimeUs: 1_767_225_600_000_000,
};

export interface ApiUnderTest {
  readonly app: ApiApp;
  readonly store: Store;
  /** The server's clock; a test may move it. */
  readonly time: { ms: number };
  /** `authorization` of the administrator. */
  readonly authorization: string;
  close(): Promise<void>;
}

/** The real API over a real SQLite store in a folder of its own; the administrator exists. */
export async function startApi(
  changes: Partial<ApiDependencies> = {},
  wrap: (store: Store) => Store = (store) => store,
): Promise<ApiUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-api-'));
  const time = { ms: Date.UTC(2026, 0, 5, 9) };
  const clock = changes.clock ?? { now: () => time.ms };
  const store = openSqliteStore({ path: join(folder, 'test.db'), clock });
  await ensureAdmin({ store, password: PASSWORD, clock });

  const app = await createApiServer({
    store: wrap(store),
    limits: null,
    sensor: () => SENSOR,
    readiness: () => Promise.resolve([{ name: 'store', ok: true, detail: '' }]),
    metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', body: 'kubesecure_up 1\n' }),
    clock,
    log: silentLog,
    settings: ApiConfig.parse({}),
    webRoot: null,
    version: '0.0.0-test',
    mode: { responseMode: 'dry-run', source: SENSOR.source },
    ...changes,
  });

  return {
    app,
    store,
    time,
    authorization: `Bearer ${await tokenOf(app)}`,
    async close() {
      await app.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function tokenOf(app: ApiApp): Promise<string> {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/login',
    payload: { username: 'admin', password: PASSWORD },
  });
  return answer.json<{ access_token: string }>().access_token;
}
