import { afterEach, expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import type { Channel } from './channel.ts';
import { createChannels } from './channels.ts';
import { NotifyConfig } from './config.ts';
import { type Answer, openReceiver, type Receiver } from './scripted-receiver.ts';
import { sampleAlert, sampleDecision, sampleNotification } from './sample-events.ts';

const TIMEOUT_MS = 150;
const receivers: Receiver[] = [];
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});

async function receiverFor(...script: Answer[]): Promise<Receiver> {
  const receiver = await openReceiver(script);
  receivers.push(receiver);
  return receiver;
}

function channel(name: 'slack' | 'webhook', url: string): Channel {
  const part = name === 'slack' ? { slack: { webhookUrl: url } } : { webhook: { url } };
  const [made] = createChannels(NotifyConfig.parse({ timeoutMs: TIMEOUT_MS, ...part }), systemClock);
  if (made?.name !== name) throw new Error(`no channel ${name}`);
  return made;
}

const OUTCOMES: readonly { readonly answer: Answer; readonly result: object }[] = [
  { answer: { status: 200, body: 'ok' }, result: { type: 'sent' } },
  { answer: { status: 204, body: '' }, result: { type: 'sent' } },
  {
    answer: { status: 500 },
    result: { type: 'unreachable', error: 'it answered with status 500', retryAfterMs: null },
  },
  { answer: { status: 429, headers: { 'retry-after': '7' } }, result: { type: 'unreachable', retryAfterMs: 7000 } },
  { answer: { status: 429, headers: { 'retry-after': 'soon' } }, result: { type: 'unreachable', retryAfterMs: null } },
  { answer: { status: 503, headers: { 'retry-after': '9e9' } }, result: { type: 'unreachable', retryAfterMs: null } },
  { answer: { status: 404, body: 'no_service' }, result: { type: 'refused', error: 'it answered with status 404' } },
  { answer: { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, result: { type: 'unreachable' } },
  { answer: 'hang', result: { type: 'unreachable', error: `it did not answer within ${TIMEOUT_MS} ms` } },
  { answer: 'garbage', result: { type: 'unreachable' } },
  { answer: 'reset', result: { type: 'unreachable' } },
  { answer: 'endless body', result: { type: 'sent' } },
];

for (const name of ['slack', 'webhook'] as const) {
  test.each(OUTCOMES)(`${name}: $answer is $result.type`, async ({ answer, result }) => {
    const receiver = await receiverFor(answer);
    const given = await channel(name, receiver.url).send(sampleNotification());
    expect(given).toMatchObject(result);
    expect(receiver.requests).toHaveLength(1);
    expect(JSON.stringify(given)).not.toMatch(/secret|services|127\.0\.0\.1/);
  });

  test(`${name}: nobody listening is unreachable, and the URL stays secret`, async () => {
    const receiver = await receiverFor();
    await receiver.close();
    const given = await channel(name, receiver.url).send(sampleNotification());
    expect(given).toEqual({ type: 'unreachable', error: 'it cannot be reached (ECONNREFUSED)', retryAfterMs: null });
  });
}

test('the webhook gets the record as JSON, and an id to tell repeats by', async () => {
  const receiver = await receiverFor({ status: 200 });
  const webhook = channel('webhook', receiver.url);
  await webhook.send(sampleNotification());
  await webhook.send(sampleNotification({ id: 'n2', event: { type: 'decision.changed', decision: sampleDecision } }));
  expect(receiver.requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { id: 'notification-1', type: 'alert.opened', alert: sampleAlert },
    { id: 'n2', type: 'decision.changed', decision: sampleDecision },
  ]);
  expect(receiver.requests[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'kubesecure-notification-id': 'notification-1',
  });
});

test('Slack gets blocks that say what, who, whom, why and when', async () => {
  const receiver = await receiverFor({ status: 200 });
  await channel('slack', receiver.url).send(sampleNotification());
  const { text, blocks } = JSON.parse(receiver.requests[0]?.body ?? '') as { text: string; blocks: unknown[] };
  expect(text).toBe(sampleAlert.message);
  const all = JSON.stringify(blocks);
  for (const words of [
    'HTTP flood',
    'high',
    '10.77.0.66 and 1 more → shop/deployment/web (10.77.0.10:80)',
    '412 new flows/s, usually 3',
    '<https://attack.mitre.org/techniques/T1499/002/|ATT&amp;CK T1499.002>',
    '<!date^1748779198^',
  ]) {
    expect(all).toContain(words);
  }
});

test('the adapters are those that have a URL', () => {
  expect(createChannels(NotifyConfig.parse({}), systemClock)).toEqual([]);
  const both = { slack: { webhookUrl: 'https://hooks.slack.com/x' }, webhook: { url: 'http://alerts.example' } };
  expect(createChannels(NotifyConfig.parse(both), systemClock).map(({ name }) => name)).toEqual(['slack', 'webhook']);
});

test.each(['file:///etc/passwd', 'ftp://host/x', 'hooks.slack.com/services/T0/B0/secret', 'javascript:alert(1)'])(
  '%s is no URL to send to, and is not repeated in the error',
  (url) => {
    const parsed = NotifyConfig.safeParse({ webhook: { url } });
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues[0]?.message).toBe('expected an http or https URL');
  },
);
