import type { Clock } from '#core/clock.ts';
import { type Channel, resultOfFailure, resultOfStatus } from './channel.ts';
import { httpPost } from './http-post.ts';
import { retryAfterMsOf } from './retry-after.ts';

/** A receiver tells a message that came twice by this header; it holds the notification's id. */
const ID_HEADER = 'kubesecure-notification-id';

/**
 * POSTs `{ id, type, alert }` or `{ id, type, decision }` as JSON; the record is the one of the API.
 * @param options.url http or https
 */
export function createWebhookChannel(options: { url: string; timeoutMs: number; clock: Clock }): Channel {
  const { url, timeoutMs, clock } = options;
  return {
    name: 'webhook',
    async send({ id, event }) {
      const body = JSON.stringify({ id, ...event });
      const headers = { 'content-type': 'application/json', 'user-agent': 'kubesecure', [ID_HEADER]: id };
      try {
        const answer = await httpPost({ url, headers, body, signal: AbortSignal.timeout(timeoutMs) });
        return resultOfStatus(answer.status, retryAfterMsOf(answer.headers.get('retry-after'), clock.now()));
      } catch (error) {
        return resultOfFailure(error, timeoutMs);
      }
    },
  };
}
