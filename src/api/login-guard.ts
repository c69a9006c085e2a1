import type { Clock } from '#core/clock.ts';

/** Accounts times addresses remembered at once; the longest unused are forgotten first. */
const CAPACITY = 10_000;

/** Counts wrong passwords and says who has to wait. */
export interface LoginGuard {
  /** Milliseconds this account must wait at this address; 0 if it need not. */
  waitMs(account: string, address: string): number;
  /** Notes a wrong password; true if this one began a lock-out. */
  failed(account: string, address: string): boolean;
  succeeded(account: string, address: string): void;
}

/**
 * Locks one account at one client address after `maxFailures` wrong passwords in a row. Not the account as a whole:
 * then anybody could lock the administrator out by guessing badly.
 */
export function createLoginGuard(options: {
  readonly clock: Clock;
  readonly maxFailures: number;
  readonly lockMs: number;
}): LoginGuard {
  const { clock, maxFailures, lockMs } = options;
  const records = new Map<string, { failures: number; lastAtMs: number }>();
  const keyOf = (account: string, address: string) => JSON.stringify([account, address]);

  const freshRecord = (key: string) => {
    const record = records.get(key);
    if (record && clock.now() - record.lastAtMs < lockMs) return record;
    return { failures: 0, lastAtMs: 0 };
  };

  return {
    waitMs(account, address) {
      const { failures, lastAtMs } = freshRecord(keyOf(account, address));
      return failures >= maxFailures ? lastAtMs + lockMs - clock.now() : 0;
    },

    failed(account, address) {
      const key = keyOf(account, address);
      const failures = freshRecord(key).failures + 1;
      records.delete(key);
      records.set(key, { failures, lastAtMs: clock.now() });
      forgetOldest(records);
      return failures === maxFailures;
    },

    succeeded(account, address) {
      records.delete(keyOf(account, address));
    },
  };
}

function forgetOldest(records: Map<string, unknown>): void {
  if (records.size <= CAPACITY) return;
  for (const oldest of records.keys()) {
    records.delete(oldest);
    return;
  }
}
