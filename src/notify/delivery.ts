import type { Clock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import type { Notification } from '#core/notification.ts';
import type { Store } from '#core/store.ts';
import type { Channel, SendResult } from './channel.ts';
import { backOffMs } from './back-off.ts';
import type { NotifyConfig } from './config.ts';

/** The way from the outbox to one channel; it has its own pace, so that no channel holds back another. */
export interface Delivery {
  readonly channel: string;
  /** Sends what is due, oldest first. Only one run goes on at a time: a call meanwhile makes it look once more. */
  run(): Promise<void>;
  stats(): ChannelStats;
  /** Nothing new is sent after this. */
  stop(): void;
}

export interface ChannelStats {
  readonly sent: number;
  /** Attempts that failed. */
  readonly failed: number;
  readonly gaveUp: number;
}

/** The part of the store that notification needs. */
export type Outbox = Pick<Store, 'dueNotifications' | 'settleNotification' | 'countPendingNotifications'>;

export interface DeliveryOptions {
  readonly store: Outbox;
  readonly channel: Channel;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: NotifyConfig;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
}

const BATCH = 20;
const DAY_MS = 86_400_000;

export function createDelivery(options: DeliveryOptions): Delivery {
  const { store, channel, clock, log, settings, random } = options;
  const stats = { sent: 0, failed: 0, gaveUp: 0 };
  /** Failures of the channel in a row, and the moment until which it is left alone. */
  let failures = 0;
  let pausedUntilMs = 0;
  /** Taken by the channel while the store did not answer: to be settled, not to be sent again. */
  const unsettled = new Set<string>();
  let stopped = false;
  let lookAgain = false;
  let current: Promise<void> | null = null;

  function run(): Promise<void> {
    lookAgain = true;
    current ??= drain().finally(() => {
      current = null;
    });
    return current;
  }

  async function drain(): Promise<void> {
    while (lookAgain && isOpen()) {
      lookAgain = false;
      for (;;) {
        const due = await store.dueNotifications(clock.now(), BATCH, channel.name);
        if (due.length === 0) break;
        for (const notification of due) {
          if (!isOpen()) return;
          await deliver(notification);
        }
      }
    }
  }

  function isOpen(): boolean {
    return !stopped && clock.now() >= pausedUntilMs;
  }

  async function deliver(notification: Notification): Promise<void> {
    const { id } = notification;
    const result: SendResult = unsettled.has(id) ? { type: 'sent' } : await channel.send(notification);
    if (result.type === 'sent') {
      if (!unsettled.has(id)) stats.sent++;
      failures = 0;
      unsettled.add(id);
      await store.settleNotification(id, { type: 'sent' });
      unsettled.delete(id);
      return;
    }
    stats.failed++;
    await settleFailure(notification, result);
  }

  async function settleFailure(
    notification: Notification,
    result: Exclude<SendResult, { type: 'sent' }>,
  ): Promise<void> {
    const { id, attempts, createdAtMs, event } = notification;
    const nowMs = clock.now();
    let atMs = nowMs + backOffMs(attempts + 1, settings, random());
    if (result.type === 'unreachable') {
      failures++;
      atMs = nowMs + (result.retryAfterMs ?? backOffMs(failures, settings, random()));
      pausedUntilMs = atMs;
    }
    const facts = { notification: id, channel: channel.name, attempts: attempts + 1, reason: result.error };

    if (nowMs - createdAtMs >= settings.giveUpAfterDays * DAY_MS) {
      await store.settleNotification(id, { type: 'gave-up', error: result.error });
      stats.gaveUp++;
      log.error({ ...facts, event }, 'a message was given up: it could not be delivered for too long');
      return;
    }
    await store.settleNotification(id, { type: 'retry', atMs, error: result.error });
    log.warn({ ...facts, retryInMs: atMs - nowMs }, 'a message could not be delivered; it is tried again');
  }

  return {
    channel: channel.name,
    run,
    stats: () => ({ ...stats }),
    stop() {
      stopped = true;
    },
  };
}
