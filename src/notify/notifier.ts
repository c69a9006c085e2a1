// In: the outbox. Out: messages on channels, each at least once: it is settled after the channel took it, so a crash in
// between sends it again (receivers tell by its id). It owns nothing that must survive; the outbox is the store's.
import type { Clock } from '#core/clock.ts';
import { reasonOf } from '#core/error.ts';
import type { Log } from '#core/log.ts';
import type { Channel } from './channel.ts';
import type { NotifyConfig } from './config.ts';
import { type ChannelStats, createDelivery, type Delivery, type Outbox } from './delivery.ts';

export interface Notifier {
  /** Begins to look for due messages, each second and when poked. */
  start(): void;
  /** There is something new in the outbox: do not wait for the second to be over. */
  poke(): void;
  /** Sends what is due now, on all channels side by side. Rejects where the store does not answer. */
  deliverDue(): Promise<void>;
  stats(): Promise<NotifierStats>;
  /** Resolves when nothing is being sent any more, after one time-out at most. */
  stop(): Promise<void>;
}

export interface NotifierStats {
  /** Messages in the outbox. */
  readonly pending: number;
  /** By channel, since the start. */
  readonly channels: Readonly<Record<string, ChannelStats>>;
  /** Why the outbox could not be read or settled last time; empty when it could. */
  readonly problem: string;
}

export interface NotifierOptions {
  readonly store: Outbox;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: NotifyConfig;
  /** 0 to 1, for the jitter. */
  readonly random?: () => number;
}

const POLL_MS = 1000;
const ORPHANS_EVERY_MS = 60_000;

export function createNotifier(options: NotifierOptions): Notifier {
  const { store, channels, clock, log, settings } = options;
  const deliveries = channels.map((channel) => createDelivery({ random: Math.random, ...options, channel }));
  let timer: NodeJS.Timeout | null = null;
  let problem = '';
  let problemTold = false;
  let nextOrphansMs = 0;
  let current: Promise<void> | null = null;

  async function deliverDue(): Promise<void> {
    const results = await Promise.allSettled([...deliveries.map((delivery) => delivery.run()), giveUpOrphans()]);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure === undefined) {
      problem = '';
      problemTold = false;
      return;
    }
    problem = reasonOf(failure.reason);
    throw failure.reason;
  }

  /** Messages for a channel that is no longer configured wait for it to come back, but not for ever. */
  async function giveUpOrphans(): Promise<void> {
    if (clock.now() < nextOrphansMs) return;
    nextOrphansMs = clock.now() + ORPHANS_EVERY_MS;
    const due = await store.dueNotifications(clock.now(), 1000);
    const orphans = due.filter(({ channel }) => !channels.some(({ name }) => name === channel));
    if (orphans.length === 0) return;
    log.warn({ messages: orphans.length }, 'messages wait for a channel that is not configured');
    for (const { id, channel, createdAtMs } of orphans) {
      if (clock.now() - createdAtMs < settings.giveUpAfterDays * 86_400_000) continue;
      await store.settleNotification(id, { type: 'gave-up', error: `the channel ${channel} is not configured` });
      log.error({ notification: id, channel }, 'a message was given up: its channel is not configured');
    }
  }

  /** A poll; one that fails is told once and tried again at the next. */
  function poll(): void {
    current = deliverDue().catch((error: unknown) => {
      if (problemTold) return;
      problemTold = true;
      log.error({ reason: reasonOf(error) }, 'the outbox cannot be read; trying again');
    });
  }

  return {
    start() {
      timer ??= setInterval(poll, POLL_MS).unref();
      poll();
    },
    poke() {
      if (timer !== null) poll();
    },
    deliverDue,
    async stats() {
      const counted = deliveries.map((delivery: Delivery) => [delivery.channel, delivery.stats()] as const);
      return { pending: await store.countPendingNotifications(), channels: Object.fromEntries(counted), problem };
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      for (const delivery of deliveries) delivery.stop();
      await current;
      await Promise.allSettled(deliveries.map((delivery) => delivery.run()));
    },
  };
}
