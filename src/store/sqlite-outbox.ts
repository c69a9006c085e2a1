import { z } from 'zod';
import { Alert } from '#core/alert.ts';
import { Decision } from '#core/decision.ts';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import type { Log } from '#core/log.ts';
import type { Notification } from '#core/notification.ts';
import type { Store } from '#core/store.ts';
import type { Database } from './database.ts';
import { readRecord } from './record.ts';
import { checkedLimit } from './page-limit.ts';

const StoredEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('alert.opened'), alert: Alert }),
  z.object({ type: z.literal('decision.changed'), decision: Decision }),
]);

type OutboxStore = Pick<Store, 'dueNotifications' | 'settleNotification' | 'countPendingNotifications'>;

export interface Outbox extends OutboxStore {
  /** Adds rows inside the caller's transaction. A row that is there already stays as it is, so a retry is harmless. */
  add(notifications: readonly Notification[]): void;
}

/** The part of the store that keeps what is owed to channels. */
export function createOutbox(database: Database, log: Log, nowMs: () => number): Outbox {
  const { sqlite } = database;
  const insert = sqlite.prepare(`
    INSERT INTO outbox (id, channel, alert_id, decision_id, event, state, attempts, created_at_ms, next_attempt_at_ms)
    VALUES (:id, :channel, :alertId, :decisionId, :event, 'pending', :attempts, :createdAtMs, :nextAttemptAtMs)
    ON CONFLICT (id) DO NOTHING`);
  const due = sqlite.prepare(`
    SELECT id, channel, event, attempts, created_at_ms, next_attempt_at_ms FROM outbox
    WHERE state = 'pending' AND next_attempt_at_ms <= :nowMs AND (:channel IS NULL OR channel = :channel)
    ORDER BY created_at_ms, rowid LIMIT :limit`);
  const exists = sqlite.prepare('SELECT 1 FROM outbox WHERE id = :id');
  const settle = sqlite.prepare(`
    UPDATE outbox SET state = :state, attempts = attempts + 1, last_error = :error, settled_at_ms = :settledAtMs,
      next_attempt_at_ms = coalesce(:nextAttemptAtMs, next_attempt_at_ms)
    WHERE id = :id AND state = 'pending'`);
  const pending = sqlite.prepare("SELECT count(*) AS n FROM outbox WHERE state = 'pending'");

  /** A row that cannot be read can never be sent: it is put aside, loudly, so that it does not block the others. */
  const putAside = (id: string, error: unknown) => {
    log.error({ notification: id, reason: reasonOf(error) }, 'a stored notification cannot be read and was put aside');
    settle.run({ id, state: 'gave-up', error: reasonOf(error), settledAtMs: nowMs(), nextAttemptAtMs: null });
  };

  return {
    add(notifications) {
      for (const notification of notifications) insert.run(parametersOf(notification));
    },

    dueNotifications: (atMs, limit, channel) =>
      database.read('reading the outbox', () => {
        const rows = due.all({ nowMs: atMs, limit: checkedLimit(limit), channel: channel ?? null });
        return rows.flatMap((row) => {
          try {
            return [notificationOf(row)];
          } catch (error) {
            putAside(String(row['id']), error);
            return [];
          }
        });
      }),

    settleNotification: (id, outcome) =>
      database.write(`settling notification ${id}`, () => {
        if (exists.get({ id }) === undefined) {
          throw new KubeSecureError('not-found', `while settling notification ${id}: there is no such notification`);
        }
        settle.run({
          id,
          state: outcome.type === 'retry' ? 'pending' : outcome.type,
          error: outcome.type === 'sent' ? '' : outcome.error,
          settledAtMs: outcome.type === 'retry' ? null : nowMs(),
          nextAttemptAtMs: outcome.type === 'retry' ? Math.ceil(outcome.atMs) : null,
        });
      }),

    countPendingNotifications: () => database.read('counting the outbox', () => Number(pending.get()?.['n'])),
  };
}

function parametersOf(notification: Notification): Record<string, string | number | null> {
  const { event } = notification;
  return {
    id: notification.id,
    channel: notification.channel,
    alertId: event.type === 'alert.opened' ? event.alert.id : null,
    decisionId: event.type === 'decision.changed' ? event.decision.id : null,
    event: JSON.stringify(StoredEvent.parse(event)),
    attempts: notification.attempts,
    createdAtMs: Math.floor(notification.createdAtMs),
    nextAttemptAtMs: Math.floor(notification.nextAttemptAtMs),
  };
}

function notificationOf(row: Record<string, unknown>): Notification {
  const id = String(row['id']);
  return {
    id,
    channel: String(row['channel']),
    event: readRecord(StoredEvent, row['event'], `notification ${id}`),
    createdAtMs: Number(row['created_at_ms']),
    attempts: Number(row['attempts']),
    nextAttemptAtMs: Number(row['next_attempt_at_ms']),
  };
}
