import type { Decision } from '#core/decision.ts';
import { parseDuration } from '#core/duration.ts';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { isoAt, type ResponseContext } from './context.ts';
import { inState, record } from './journal.ts';

/**
 * Notes that an attempt failed and when the next is due. A limit that is in force stays `applied` when its undo fails,
 * for it is in force; everything else is `failed`. The channels hear of the first failure only, the audit log of each
 * new reason.
 */
export async function recordFailure(
  context: ResponseContext,
  decision: Decision,
  doing: 'apply' | 'undo',
  error: unknown,
): Promise<Decision> {
  const reason = reasonOf(error);
  const attempts = decision.attempts + 1;
  if (error instanceof KubeSecureError && error.code === 'unavailable') context.unanswered.set(decision.id, reason);
  else context.unanswered.delete(decision.id);

  const state = doing === 'apply' ? 'failed' : decision.state;
  const nextAttemptAt = isoAt(context.clock.now() + backOffMs(context, attempts));
  const failed = inState(context, decision, state, { attempts, nextAttemptAt, reason });
  if (attempts > 1 && decision.reason === reason) {
    await context.store.saveDecision(failed, [], []);
    return failed;
  }
  const action = doing === 'apply' ? 'failed' : 'undo-failed';
  const detail = `attempt ${attempts}: ${reason}`;
  return record(context, failed, { actor: 'response', action, detail, notify: attempts === 1 });
}

function backOffMs(context: ResponseContext, attempts: number): number {
  const { firstDelay, maxDelay } = context.settings.retry;
  return Math.min(parseDuration(firstDelay) * 2 ** (attempts - 1), parseDuration(maxDelay));
}
