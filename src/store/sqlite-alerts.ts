import { Alert } from '#core/alert.ts';
import type { AlertQuery, Page, Store } from '#core/store.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Database } from './database.ts';
import { checkedLimit } from './page-limit.ts';
import { readRecord } from './record.ts';
import type { Outbox } from './sqlite-outbox.ts';

type AlertStore = Pick<Store, 'saveAlert' | 'getAlert' | 'listAlerts'>;

/** The part of the store that keeps alerts. */
export function createAlertStore(database: Database, outbox: Outbox, nowMs: () => number): AlertStore {
  const { sqlite } = database;
  const upsert = sqlite.prepare(`
    INSERT INTO alerts (id, status, family, severity, namespace, first_seen_ms, last_seen_ms, saved_at_ms, body)
    VALUES (:id, :status, :family, :severity, :namespace, :firstSeenMs, :lastSeenMs, :savedAtMs, :body)
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, family = excluded.family, severity = excluded.severity,
      namespace = excluded.namespace, first_seen_ms = excluded.first_seen_ms, last_seen_ms = excluded.last_seen_ms,
      saved_at_ms = excluded.saved_at_ms, body = excluded.body`);
  const byId = sqlite.prepare('SELECT body FROM alerts WHERE id = :id');
  const page = sqlite.prepare(`
    SELECT id, body, first_seen_ms FROM alerts
    WHERE (:status IS NULL OR status = :status)
      AND (:family IS NULL OR family = :family)
      AND (:severity IS NULL OR severity = :severity)
      AND (:namespace IS NULL OR namespace = :namespace)
      AND (:sinceMs IS NULL OR last_seen_ms >= :sinceMs)
      AND (:untilMs IS NULL OR first_seen_ms <= :untilMs)
      AND (:afterMs IS NULL OR (first_seen_ms, id) < (:afterMs, :afterId))
    ORDER BY first_seen_ms DESC, id DESC
    LIMIT :limit`);

  return {
    saveAlert: (alert, notifications) =>
      database.write(`saving alert ${alert.id}`, () => {
        upsert.run({
          id: alert.id,
          status: alert.status,
          family: alert.family,
          severity: alert.severity,
          namespace: namespaceOf(alert),
          firstSeenMs: Date.parse(alert.firstSeen),
          lastSeenMs: Date.parse(alert.lastSeen),
          savedAtMs: nowMs(),
          body: JSON.stringify(Alert.parse(alert)),
        });
        outbox.add(notifications);
      }),

    getAlert: (id) =>
      database.read(`reading alert ${id}`, () => {
        const row = byId.get({ id });
        return row === undefined ? null : readRecord(Alert, row['body'], `alert ${id}`);
      }),

    listAlerts: (query) =>
      database.read('listing alerts', () => {
        // One row more than asked for tells whether there is a next page.
        const rows = page.all({ ...parametersOf(query), limit: checkedLimit(query.limit) + 1 });
        const items = rows
          .slice(0, query.limit)
          .map((row) => readRecord(Alert, row['body'], `alert ${String(row['id'])}`));
        return {
          items,
          next: rows.length > query.limit ? cursorAfter(rows[query.limit - 1]) : null,
        } satisfies Page<Alert>;
      }),
  };
}

function parametersOf(query: AlertQuery): Record<string, string | number | null> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
  return {
    status: query.status ?? null,
    family: query.family ?? null,
    severity: query.severity ?? null,
    namespace: query.namespace ?? null,
    sinceMs: query.sinceMs ?? null,
    untilMs: query.untilMs ?? null,
    afterMs: after?.firstSeenMs ?? null,
    afterId: after?.id ?? null,
  };
}

/** The first part of `namespace/kind/name`; null where the workload is not known. */
function namespaceOf(alert: Alert): string | null {
  return alert.entity.workload?.split('/')[0] ?? null;
}

function cursorAfter(row: Record<string, unknown> | undefined): string {
  return encodeCursor({ firstSeenMs: Number(row?.['first_seen_ms']), id: String(row?.['id']) });
}
