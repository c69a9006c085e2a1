import { setTimeout as sleep } from 'node:timers/promises';

import { KubeSecureError } from '#core/error.ts';

import { isRunning, logTail, type ServerProcess } from './server-process.ts';

const POLL_MS = 100;

/**
 * Asks until `isReady` says yes. Throws `unavailable` with the end of the server's log as soon as the process is gone,
 * or after `limitMs`.
 */
export async function waitUntilReady(
  server: ServerProcess,
  isReady: () => Promise<boolean>,
  limitMs: number,
): Promise<void> {
  const giveUpAtMs = Date.now() + limitMs;
  const doing = `while starting ${server.name}`;
  while (!(await isReady())) {
    if (!isRunning(server)) throw new KubeSecureError('unavailable', `${doing}: it ended:\n${logTail(server)}`);
    if (Date.now() > giveUpAtMs) {
      throw new KubeSecureError('unavailable', `${doing}: not ready after ${limitMs / 1000} s:\n${logTail(server)}`);
    }
    await sleep(POLL_MS);
  }
}
