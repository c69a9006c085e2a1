import type { Alert } from './alert.ts';
import type { AuditEntry, Decision } from './decision.ts';
import type { DeliveryOutcome, Notification } from './notification.ts';

export interface AlertQuery {
  readonly status?: Alert['status'] | undefined;
  readonly family?: Alert['family'] | undefined;
  readonly severity?: Alert['severity'] | undefined;
  /** Namespace of the entity's workload. */
  readonly namespace?: string | undefined;
  /** Alerts last seen at or after this moment, milliseconds since the epoch. */
  readonly sinceMs?: number | undefined;
  /** Alerts first seen at or before this moment, milliseconds since the epoch. */
  readonly untilMs?: number | undefined;
  /** At most this many; 1 to 1000. */
  readonly limit: number;
  /** The `next` of the previous page. */
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; null on the last one. */
  readonly next: string | null;
}

export interface UserRecord {
  readonly name: string;
  /** argon2id hash in PHC form. */
  readonly passwordHash: string;
  readonly createdAt: string;
}

/**
 * Where everything that must outlive the process is kept. Each method is one transaction: after it resolves, all of it
 * is durable; if it rejects, none of it happened (`unavailable` when the store does not answer).
 */
export interface Store {
  /** Inserts or replaces the alert, and adds the notifications to the outbox. */
  saveAlert(alert: Alert, notifications: readonly Notification[]): Promise<void>;
  getAlert(id: string): Promise<Alert | null>;
  /** Newest first by `firstSeen`, then id. Throws `bad-input` for a cursor that is not ours. */
  listAlerts(query: AlertQuery): Promise<Page<Alert>>;

  /** Inserts or replaces the decision, with its audit lines and notifications. */
  saveDecision(decision: Decision, audit: readonly AuditEntry[], notifications: readonly Notification[]): Promise<void>;
  getDecision(id: string): Promise<Decision | null>;
  /** Newest first by `createdAt`. */
  listDecisions(query: { readonly states?: readonly Decision['state'][]; readonly limit: number }): Promise<Decision[]>;

  appendAudit(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  listAudit(query: { readonly limit: number }): Promise<AuditEntry[]>;

  /** Outbox rows that are due, oldest first; of one channel where it is named, so that none holds back another. */
  dueNotifications(nowMs: number, limit: number, channel?: string): Promise<Notification[]>;
  settleNotification(id: string, outcome: DeliveryOutcome): Promise<void>;
  /** How many notifications are waiting. */
  countPendingNotifications(): Promise<number>;

  getUser(name: string): Promise<UserRecord | null>;
  countUsers(): Promise<number>;
  saveUser(user: UserRecord, audit: AuditEntry): Promise<void>;

  /** Small values that belong to the installation, such as the key that signs tokens. */
  getSetting(key: string): Promise<string | null>;
  putSetting(key: string, value: string): Promise<void>;

  /** Resolves when the store answers, rejects with `unavailable` when it does not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
