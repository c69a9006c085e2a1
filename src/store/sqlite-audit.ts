import { AuditEntry } from '#core/decision.ts';
import type { Store } from '#core/store.ts';
import type { Database } from './database.ts';
import { readRecord } from './record.ts';
import { checkedLimit } from './page-limit.ts';

export interface AuditLog extends Pick<Store, 'appendAudit' | 'listAudit'> {
  /** Appends lines inside the caller's transaction. */
  add(entries: readonly AuditEntry[]): void;
}

/** The part of the store that keeps the audit log. Triggers in the schema refuse any change of a line. */
export function createAuditLog(database: Database): AuditLog {
  const { sqlite } = database;
  const insert = sqlite.prepare('INSERT INTO audit (at_ms, body) VALUES (:atMs, :body)');
  const newest = sqlite.prepare('SELECT seq, body FROM audit ORDER BY seq DESC LIMIT :limit');

  const add = (entries: readonly AuditEntry[]) => {
    for (const entry of entries) {
      insert.run({ atMs: Date.parse(entry.at), body: JSON.stringify(AuditEntry.parse(entry)) });
    }
  };

  return {
    add,
    appendAudit: (entry) => database.write(`appending ${entry.action} to the audit log`, () => add([entry])),
    listAudit: (query) =>
      database.read('listing the audit log', () => {
        const rows = newest.all({ limit: checkedLimit(query.limit) });
        return rows.map((row) => readRecord(AuditEntry, row['body'], `audit line ${String(row['seq'])}`));
      }),
  };
}
