import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

import { KubeSecureError } from '#core/error.ts';

const RETRY_MS = 200;

// A lock nothing refers to would be let go of by the garbage collector while the work still waits for something.
const held = new Set<DatabaseSync>();

/**
 * Runs `work` while no other process, and no other caller in this one, holds the lock file. The lock is SQLite's own on
 * that file, so the kernel lets go of it when its holder dies in whatever way: there is no stale lock to be judged.
 * `onWait` is called once if somebody else holds it. Waits for at most `patienceMs`, then throws `conflict`.
 */
export async function withExclusiveLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { onWait?: () => void; patienceMs?: number } = {},
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const lock = await takeLock(path, options.onWait, options.patienceMs ?? 40 * 60_000);
  try {
    return await work();
  } finally {
    held.delete(lock);
    lock.close();
  }
}

async function takeLock(path: string, onWait: (() => void) | undefined, patienceMs: number): Promise<DatabaseSync> {
  const giveUpAtMs = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    const lock = new DatabaseSync(path, { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
      held.add(lock);
      return lock;
    } catch (error) {
      lock.close();
      if (!isBusy(error)) throw error;
    }
    if (attempt === 0) onWait?.();
    if (Date.now() > giveUpAtMs) {
      throw new KubeSecureError('conflict', `while waiting for ${path}: another process still holds it`);
    }
    await sleep(RETRY_MS);
  }
}

function isBusy(error: unknown): boolean {
  const sqliteBusy = 5;
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}
