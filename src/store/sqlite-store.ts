// The store on one SQLite file: records come in and are durable when the promise resolves. It owns the file, its -wal
// and -shm; several processes may hold it open at once.
import type { Clock } from '#core/clock.ts';
import { type Log, silentLog } from '#core/log.ts';
import type { Store } from '#core/store.ts';
import { createDatabase } from './database.ts';
import { openDatabase } from './open-database.ts';
import { createRetention } from './retention.ts';
import { createAccountStore } from './sqlite-accounts.ts';
import { createAlertStore } from './sqlite-alerts.ts';
import { createAuditLog } from './sqlite-audit.ts';
import { createDecisionStore } from './sqlite-decisions.ts';
import { createOutbox } from './sqlite-outbox.ts';

const DAY_MS = 86_400_000;
const RETENTION_EVERY_MS = 3_600_000;

export interface SqliteStoreOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log?: Log;
  /** 0, the default, keeps everything. */
  readonly retentionDays?: number;
  /** How long a write waits for another process that is writing. A command and the server share the file. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens the store and brings its schema up to date.
 * @throws KubeSecureError `bad-input` (not a database, another program's, damaged, or of a newer version),
 *   `forbidden` (no right to write there), `unavailable` (locked for too long, disk full)
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const { path, clock, log = silentLog, retentionDays = 0, busyTimeoutMs = 2000 } = options;
  const sqlite = openDatabase({ path, log, busyTimeoutMs });
  const database = createDatabase(sqlite);
  const nowMs = () => Math.floor(clock.now());
  const audit = createAuditLog(database);
  const outbox = createOutbox(database, log, nowMs);
  const alerts = createAlertStore(database, outbox, nowMs);
  const deleteOlderThan = createRetention(database);
  let nextRetentionMs = 0;

  async function applyRetention(): Promise<void> {
    if (retentionDays === 0 || nowMs() < nextRetentionMs) return;
    nextRetentionMs = nowMs() + RETENTION_EVERY_MS;
    const rows = await deleteOlderThan(nowMs() - retentionDays * DAY_MS);
    if (rows > 0) log.info({ rows, retentionDays }, 'deleted what is past its retention');
  }

  return {
    ...alerts,
    async saveAlert(alert, notifications) {
      await applyRetention();
      await alerts.saveAlert(alert, notifications);
    },
    ...createDecisionStore(database, audit, outbox, nowMs),
    ...createAccountStore(database, audit),
    appendAudit: audit.appendAudit,
    listAudit: audit.listAudit,
    dueNotifications: outbox.dueNotifications,
    settleNotification: outbox.settleNotification,
    countPendingNotifications: outbox.countPendingNotifications,
    ping: () =>
      database.read('asking the store for an answer', () => {
        sqlite.prepare('SELECT count(*) FROM settings').get();
      }),
    async close() {
      if (sqlite.isOpen) sqlite.close();
    },
  };
}
