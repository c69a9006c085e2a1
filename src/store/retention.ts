import type { Database } from './database.ts';

/**
 * Deletes what is older than `cutoffMs` and owed to nobody: delivered notifications, alerts not saved since, decisions
 * that ended. What is in force, still to be done, or still in the outbox stays. Resolves to the number of rows.
 */
export function createRetention(database: Database): (cutoffMs: number) => Promise<number> {
  const { sqlite } = database;
  const statements = [
    sqlite.prepare("DELETE FROM outbox WHERE state <> 'pending' AND settled_at_ms < :cutoffMs"),
    sqlite.prepare(`
      DELETE FROM alerts WHERE saved_at_ms < :cutoffMs
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.alert_id = alerts.id)`),
    sqlite.prepare(`
      DELETE FROM decisions WHERE saved_at_ms < :cutoffMs AND until_ms < :cutoffMs
        AND state NOT IN ('planned', 'applied', 'failed')
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.decision_id = decisions.id)`),
  ];
  return (cutoffMs) =>
    database.write('deleting what is past its retention', () =>
      statements.reduce((rows, statement) => rows + Number(statement.run({ cutoffMs }).changes), 0),
    );
}
