import type { Alert } from './alert.ts';
import type { Decision } from './decision.ts';

/** What a notification is about. The record is a copy from the moment it was written. */
export type NotificationEvent =
  | { readonly type: 'alert.opened'; readonly alert: Alert }
  | { readonly type: 'decision.changed'; readonly decision: Decision };

/** A message that is owed to one channel; kept until it was delivered or given up. */
export interface Notification {
  readonly id: string;
  /** The channel's configured name: `slack`, `webhook`. */
  readonly channel: string;
  readonly event: NotificationEvent;
  readonly createdAtMs: number;
  readonly attempts: number;
  readonly nextAttemptAtMs: number;
}

/** How a delivery went: `retry` keeps it in the outbox until `atMs`. */
export type DeliveryOutcome =
  | { readonly type: 'sent' }
  | { readonly type: 'retry'; readonly atMs: number; readonly error: string }
  | { readonly type: 'gave-up'; readonly error: string };
