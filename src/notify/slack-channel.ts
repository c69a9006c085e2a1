import { IncomingWebhook, IncomingWebhookHTTPError } from '@slack/webhook';
import type { Clock } from '#core/clock.ts';
import { type Channel, resultOfFailure, resultOfStatus } from './channel.ts';
import { httpPost } from './http-post.ts';
import { retryAfterMsOf } from './retry-after.ts';
import { slackMessageFor } from './slack-message.ts';

/** Posts to a Slack incoming webhook, or to anything that has its contract. */
export function createSlackChannel(options: { webhookUrl: string; timeoutMs: number; clock: Clock }): Channel {
  const { webhookUrl, timeoutMs, clock } = options;
  return {
    name: 'slack',
    async send({ event }) {
      // The library's error for a status leaves the headers out, so Retry-After is picked up on the way.
      let retryAfterMs: number | null = null;
      const webhook = new IncomingWebhook(webhookUrl, {
        timeout: timeoutMs,
        fetch: async (url, init) => {
          const answer = await httpPost({
            url,
            headers: init?.headers ?? {},
            body: typeof init?.body === 'string' ? init.body : '',
            signal: init?.signal ?? AbortSignal.timeout(timeoutMs),
          });
          retryAfterMs = retryAfterMsOf(answer.headers.get('retry-after'), clock.now());
          // A Response refuses a body with these.
          const body = [204, 205, 304].includes(answer.status) ? null : answer.body;
          return new Response(body, { status: answer.status });
        },
      });
      try {
        await webhook.send(slackMessageFor(event));
        return { type: 'sent' };
      } catch (error) {
        if (error instanceof IncomingWebhookHTTPError) return resultOfStatus(error.statusCode, retryAfterMs);
        return resultOfFailure(error, timeoutMs);
      }
    },
  };
}
