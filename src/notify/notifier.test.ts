import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '#core/clock.ts';
import { KubeSecureError } from '#core/error.ts';
import type { Log } from '#core/log.ts';
import type { DeliveryOutcome, Notification } from '#core/notification.ts';
import { createChannels } from './channels.ts';
import { NotifyConfig } from './config.ts';
import type { Outbox } from './delivery.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { NOON_MS, sampleNotification } from './sample-events.ts';
import { type Answer, openReceiver, type Receiver } from './scripted-receiver.ts';

let nowMs: number;
let rows: Map<string, { notification: Notification; outcome: DeliveryOutcome | null }>;
let outage: boolean;
let lines: { level: string; text: string }[];
let receivers: Receiver[];
let notifiers: Notifier[];
const clock: Clock = { now: () => nowMs };

beforeEach(() => {
  nowMs = NOON_MS;
  rows = new Map();
  outage = false;
  lines = [];
  receivers = [];
  notifiers = [];
});
afterEach(async () => {
  await Promise.all(notifiers.map((notifier) => notifier.stop()));
  await Promise.all(receivers.map((receiver) => receiver.close()));
});

/** The outbox in memory, with an outage at will. */
const outbox: Outbox = {
  async dueNotifications(atMs, limit, channel) {
    answer();
    const due = [...rows.values()].filter(({ notification, outcome }) => {
      const waits = outcome === null || outcome.type === 'retry';
      const rightChannel = channel === undefined || notification.channel === channel;
      return waits && rightChannel && notification.nextAttemptAtMs <= atMs;
    });
    return due.slice(0, limit).map(({ notification }) => notification);
  },
  async settleNotification(id, outcome) {
    answer();
    const row = rows.get(id);
    if (row === undefined) throw new Error(`no row ${id}`);
    const { notification } = row;
    const nextAttemptAtMs = outcome.type === 'retry' ? outcome.atMs : notification.nextAttemptAtMs;
    rows.set(id, { outcome, notification: { ...notification, attempts: notification.attempts + 1, nextAttemptAtMs } });
  },
  async countPendingNotifications() {
    return [...rows.values()].filter(({ outcome }) => outcome === null || outcome.type === 'retry').length;
  },
};

function answer(): void {
  if (outage) throw new KubeSecureError('unavailable', 'while reading the outbox: the disk is gone');
}

const log: Log = {
  info: (fields, message) => lines.push({ level: 'info', text: `${message} ${JSON.stringify(fields)}` }),
  debug: (fields, message) => lines.push({ level: 'debug', text: `${message} ${JSON.stringify(fields)}` }),
  warn: (fields, message) => lines.push({ level: 'warn', text: `${message} ${JSON.stringify(fields)}` }),
  error: (fields, message) => lines.push({ level: 'error', text: `${message} ${JSON.stringify(fields)}` }),
};

function owe(...notifications: Notification[]): void {
  for (const notification of notifications) rows.set(notification.id, { notification, outcome: null });
}

async function newReceiver(...script: Answer[]): Promise<Receiver> {
  const made = await openReceiver(script);
  receivers.push(made);
  return made;
}

function notifierFor(urls: { webhook?: string; slack?: string }): Notifier {
  const settings = NotifyConfig.parse({
    timeoutMs: 200,
    webhook: { url: urls.webhook ?? null },
    slack: { webhookUrl: urls.slack ?? null },
  });
  const channels = createChannels(settings, clock);
  const made = createNotifier({ store: outbox, channels, clock, log, settings, random: () => 1 });
  notifiers.push(made);
  return made;
}

test('what is due is sent once and settled', async () => {
  const { url, requests } = await newReceiver({ status: 200 });
  const notifier = notifierFor({ webhook: url });
  owe(sampleNotification(), sampleNotification({ id: 'later', nextAttemptAtMs: NOON_MS + 1 }));
  await notifier.deliverDue();
  await notifier.deliverDue();
  expect(requests.map(({ body }) => (JSON.parse(body) as { id: string }).id)).toEqual(['notification-1']);
  expect(rows.get('notification-1')?.outcome).toEqual({ type: 'sent' });
  expect(await notifier.stats()).toEqual({
    pending: 1,
    channels: { webhook: { sent: 1, failed: 0, gaveUp: 0 } },
    problem: '',
  });
});

test('a failure is tried again after the back-off, not before', async () => {
  const { url, requests } = await newReceiver({ status: 500 }, { status: 500 }, { status: 200 });
  const notifier = notifierFor({ webhook: url });
  owe(sampleNotification());
  const attemptsAt = async (offsetMs: number) => {
    nowMs = NOON_MS + offsetMs;
    await notifier.deliverDue();
    return requests.length;
  };
  expect(await attemptsAt(0)).toBe(1);
  expect(rows.get('notification-1')?.outcome).toEqual({
    type: 'retry',
    atMs: NOON_MS + 1000,
    error: 'it answered with status 500',
  });
  expect(await attemptsAt(999)).toBe(1);
  expect(await attemptsAt(1000)).toBe(2);
  expect(await attemptsAt(2999)).toBe(2);
  expect(await attemptsAt(3000)).toBe(3);
  expect(rows.get('notification-1')?.outcome).toEqual({ type: 'sent' });
});

test('429 is obeyed for the whole channel, for as long as it asks', async () => {
  const { url, requests } = await newReceiver({ status: 429, headers: { 'retry-after': '30' } }, { status: 200 });
  const notifier = notifierFor({ webhook: url });
  owe(sampleNotification({ id: 'a' }), sampleNotification({ id: 'b' }));
  await notifier.deliverDue();
  nowMs += 29_999;
  await notifier.deliverDue();
  expect(requests).toHaveLength(1);
  nowMs += 1;
  await notifier.deliverDue();
  expect(requests).toHaveLength(3);
  expect(await outbox.countPendingNotifications()).toBe(0);
});

test.each(['hang', 'garbage', 'reset'] as const)('%s is tried again until it is delivered', async (fault) => {
  const { url, requests } = await newReceiver(fault, { status: 200 });
  const notifier = notifierFor({ webhook: url });
  owe(sampleNotification());
  await notifier.deliverDue();
  expect(rows.get('notification-1')?.outcome).toMatchObject({ type: 'retry' });
  nowMs += 1000;
  await notifier.deliverDue();
  expect(requests).toHaveLength(2);
  expect(rows.get('notification-1')?.outcome).toEqual({ type: 'sent' });
});

test('a message that is refused does not hold back the next one', async () => {
  const { url, requests } = await newReceiver({ status: 400 }, { status: 200 });
  const notifier = notifierFor({ webhook: url });
  owe(sampleNotification({ id: 'bad' }), sampleNotification({ id: 'good' }));
  await notifier.deliverDue();
  expect(requests).toHaveLength(2);
  expect(rows.get('bad')?.outcome).toMatchObject({ type: 'retry', error: 'it answered with status 400' });
  expect(rows.get('good')?.outcome).toEqual({ type: 'sent' });
});

test('a channel that hangs does not hold back another', async () => {
  const slow = await newReceiver('hang');
  const fast = await newReceiver({ status: 200 });
  const notifier = notifierFor({ slack: slow.url, webhook: fast.url });
  owe(...Array.from({ length: 50 }, (_, i) => sampleNotification({ id: `slack-${i}`, channel: 'slack' })));
  owe(...Array.from({ length: 50 }, (_, i) => sampleNotification({ id: `webhook-${i}` })));
  const done = notifier.deliverDue();
  await expect.poll(() => fast.requests.length, { interval: 5, timeout: 150 }).toBe(50);
  await done;
  expect(slow.requests).toHaveLength(1);
});

test('after days without success a message is given up, said loudly and counted', async () => {
  const { url } = await newReceiver({ status: 500 });
  const notifier = notifierFor({ webhook: url });
  owe(sampleNotification());
  nowMs += 7 * 86_400_000;
  await notifier.deliverDue();
  expect(rows.get('notification-1')?.outcome).toEqual({ type: 'gave-up', error: 'it answered with status 500' });
  expect((await notifier.stats()).channels['webhook']).toEqual({ sent: 0, failed: 1, gaveUp: 1 });
  expect(lines.filter(({ level }) => level === 'error').map(({ text }) => text)).toEqual([
    expect.stringMatching(/^a message was given up: it could not be delivered for too long .*HTTP flood against/),
  ]);
});

test('an old message is tried once more before it is given up', async () => {
  const { url, requests } = await newReceiver({ status: 200 });
  const notifier = notifierFor({ webhook: url });
  owe(sampleNotification());
  nowMs += 30 * 86_400_000;
  await notifier.deliverDue();
  expect(requests).toHaveLength(1);
  expect(rows.get('notification-1')?.outcome).toEqual({ type: 'sent' });
});

test('messages for a channel that was taken out of the configuration wait, and are given up in the end', async () => {
  const notifier = notifierFor({});
  owe(sampleNotification());
  await notifier.deliverDue();
  expect(rows.get('notification-1')?.outcome).toBeNull();
  expect(lines.map(({ text }) => text)).toEqual(['messages wait for a channel that is not configured {"messages":1}']);
  nowMs += 8 * 86_400_000;
  await notifier.deliverDue();
  expect(rows.get('notification-1')?.outcome).toMatchObject({ type: 'gave-up' });
});

test('a store that fails after the channel took the message does not make it sent twice', async () => {
  const { url, requests } = await newReceiver({ status: 200 });
  const notifier = notifierFor({ webhook: url });
  owe(sampleNotification());
  const settling = outbox.settleNotification;
  outbox.settleNotification = async () => {
    throw new KubeSecureError('unavailable', 'while settling: the disk is full');
  };
  await expect(notifier.deliverDue()).rejects.toThrow('the disk is full');
  outbox.settleNotification = settling;
  await notifier.deliverDue();
  expect(requests).toHaveLength(1);
  expect(rows.get('notification-1')?.outcome).toEqual({ type: 'sent' });
});

test('poked, it sends at once; after it was stopped, never', async () => {
  const { url, requests } = await newReceiver({ status: 200 });
  const notifier = notifierFor({ webhook: url });
  notifier.start();
  await expect.poll(() => lines.length + requests.length, { timeout: 50 }).toBe(0);
  owe(sampleNotification());
  notifier.poke();
  await expect.poll(() => requests.length, { interval: 5, timeout: 300 }).toBe(1);
  await notifier.stop();
  owe(sampleNotification({ id: 'after' }));
  notifier.poke();
  await notifier.deliverDue();
  expect(requests).toHaveLength(1);
});

test('an outage of the store is told once, and delivery goes on after it', async () => {
  const { url, requests } = await newReceiver({ status: 200 });
  const notifier = notifierFor({ webhook: url });
  owe(sampleNotification());
  outage = true;
  notifier.start();
  notifier.poke();
  await expect.poll(async () => (await notifier.stats()).problem).toContain('the disk is gone');
  notifier.poke();
  await expect.poll(() => lines.filter(({ level }) => level === 'error').length).toBe(1);
  outage = false;
  notifier.poke();
  await expect.poll(() => requests.length).toBe(1);
  expect((await notifier.stats()).problem).toBe('');
  expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
});

test('no line of the log holds a URL', async () => {
  const gone = await newReceiver();
  await gone.close();
  const refusing = await newReceiver({ status: 403, body: 'token secretsecretsecret is not valid' });
  const notifier = notifierFor({ webhook: gone.url, slack: refusing.url });
  owe(sampleNotification(), sampleNotification({ id: 's', channel: 'slack' }));
  await notifier.deliverDue();
  nowMs += 8 * 86_400_000;
  await notifier.deliverDue();
  expect(lines.length).toBeGreaterThanOrEqual(4);
  for (const { text } of lines) expect(text).not.toMatch(/secret|\/services|127\.0\.0\.1/);
});
