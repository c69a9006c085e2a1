import { Decision } from '#core/decision.ts';
import type { Store } from '#core/store.ts';
import type { Database } from './database.ts';
import { readRecord } from './record.ts';
import { checkedLimit } from './page-limit.ts';
import type { AuditLog } from './sqlite-audit.ts';
import type { Outbox } from './sqlite-outbox.ts';

type DecisionStore = Pick<Store, 'saveDecision' | 'getDecision' | 'listDecisions'>;

/** The part of the store that keeps decisions. */
export function createDecisionStore(
  database: Database,
  audit: AuditLog,
  outbox: Outbox,
  nowMs: () => number,
): DecisionStore {
  const { sqlite } = database;
  const upsert = sqlite.prepare(`
    INSERT INTO decisions (id, state, created_at_ms, until_ms, saved_at_ms, body)
    VALUES (:id, :state, :createdAtMs, :untilMs, :savedAtMs, :body)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, created_at_ms = excluded.created_at_ms,
      until_ms = excluded.until_ms, saved_at_ms = excluded.saved_at_ms, body = excluded.body`);
  const byId = sqlite.prepare('SELECT body FROM decisions WHERE id = :id');
  const newest = sqlite.prepare(`
    SELECT id, body FROM decisions
    WHERE :states IS NULL OR state IN (SELECT value FROM json_each(:states))
    ORDER BY created_at_ms DESC, id DESC LIMIT :limit`);

  return {
    saveDecision: (decision, entries, notifications) =>
      database.write(`saving decision ${decision.id}`, () => {
        upsert.run({
          id: decision.id,
          state: decision.state,
          createdAtMs: Date.parse(decision.createdAt),
          untilMs: Date.parse(decision.until),
          savedAtMs: nowMs(),
          body: JSON.stringify(Decision.parse(decision)),
        });
        audit.add(entries);
        outbox.add(notifications);
      }),

    getDecision: (id) =>
      database.read(`reading decision ${id}`, () => {
        const row = byId.get({ id });
        return row === undefined ? null : readRecord(Decision, row['body'], `decision ${id}`);
      }),

    listDecisions: (query) =>
      database.read('listing decisions', () => {
        const states = query.states === undefined ? null : JSON.stringify(query.states);
        const rows = newest.all({ states, limit: checkedLimit(query.limit) });
        return rows.map((row) => readRecord(Decision, row['body'], `decision ${String(row['id'])}`));
      }),
  };
}
