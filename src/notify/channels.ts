import type { Clock } from '#core/clock.ts';
import type { Channel } from './channel.ts';
import type { NotifyConfig } from './config.ts';
import { createSlackChannel } from './slack-channel.ts';
import { createWebhookChannel } from './webhook-channel.ts';

/** Every channel that is configured. Their names are what the outbox rows must carry. */
export function createChannels(settings: NotifyConfig, clock: Clock): Channel[] {
  const { timeoutMs, slack, webhook } = settings;
  return [
    ...(slack.webhookUrl === null ? [] : [createSlackChannel({ webhookUrl: slack.webhookUrl, timeoutMs, clock })]),
    ...(webhook.url === null ? [] : [createWebhookChannel({ url: webhook.url, timeoutMs, clock })]),
  ];
}
