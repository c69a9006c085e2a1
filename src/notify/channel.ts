import type { Notification } from '#core/notification.ts';

/** A way to reach people. Adapters stand in `channels.ts`. */
export interface Channel {
  /** The name that outbox rows carry. */
  readonly name: string;
  /** Tries once, within the time-out that the adapter was given; never rejects. */
  send(notification: Notification): Promise<SendResult>;
}

/**
 * `unreachable`: the channel itself is in trouble, so its other messages wait, too. `refused`: it does not want this
 * message; others may go. `error` is for the operator and holds no part of the channel's URL.
 */
export type SendResult =
  | { readonly type: 'sent' }
  | { readonly type: 'refused'; readonly error: string }
  | { readonly type: 'unreachable'; readonly error: string; readonly retryAfterMs: number | null };

/** What an HTTP answer means. 408 and 425 ask for another try, 429 for one later; other 4xx refuse the message. */
export function resultOfStatus(status: number, retryAfterMs: number | null): SendResult {
  if (status >= 200 && status < 300) return { type: 'sent' };
  const error = `it answered with status ${status}`;
  const transient = status >= 500 || status < 400 || [408, 425, 429].includes(status);
  return transient ? { type: 'unreachable', error, retryAfterMs } : { type: 'refused', error };
}

/** What a request without an answer means. */
export function resultOfFailure(error: unknown, timeoutMs: number): SendResult {
  return { type: 'unreachable', error: wordsFor(codeOf(error), timeoutMs), retryAfterMs: null };
}

function wordsFor(code: string, timeoutMs: number): string {
  return code === 'TimeoutError' ? `it did not answer within ${timeoutMs} ms` : `it cannot be reached (${code})`;
}

/** Only codes are passed on: the texts of such errors can hold the URL. The innermost cause knows best. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason given';
  if (error.cause instanceof Error) return codeOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
