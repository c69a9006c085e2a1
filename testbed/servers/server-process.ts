import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { KubeSecureError } from '#core/error.ts';

// The API server waits long for open connections and for an etcd that is gone; nothing of a testbed is kept, so a short
// patience loses nothing.
const POLITE_MS = 2_000;
const INSISTENT_MS = 20_000;
const POLL_MS = 50;

/**
 * A process that goes on after its starter. A pid alone may belong to somebody else by tomorrow, so the time it started
 * is kept beside it: clock ticks since the machine's boot, as in /proc/PID/stat.
 */
export type ServerProcess = { name: string; pid: number; startTicks: number; logPath: string };

/** Starts a program that outlives us; what it writes goes to `logPath`. Throws `unavailable` if it cannot be started. */
export async function startServer(
  name: string,
  command: [string, ...string[]],
  logPath: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ServerProcess> {
  const log = openSync(logPath, 'a');
  try {
    const [program, ...programArguments] = command;
    const child = spawn(program, programArguments, { detached: true, stdio: ['ignore', log, log], env: environment });
    await once(child, 'spawn');
    child.unref();
    const pid = child.pid ?? 0;
    return { name, pid, startTicks: startTicksOf(pid) ?? -1, logPath };
  } catch (cause) {
    throw new KubeSecureError('unavailable', `while starting ${name}: ${command[0]} does not run`, { cause });
  } finally {
    closeSync(log);
  }
}

/** True while this very process runs; a zombie and a stranger under the same pid do not count. */
export function isRunning(server: { pid: number; startTicks: number }): boolean {
  return startTicksOf(server.pid) === server.startTicks;
}

/** When the process started, in clock ticks since boot; null if there is none or only its remains. */
export function startTicksOf(pid: number): number | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = 'X'] = fields;
  const startTime = Number(fields[19]);
  return state === 'Z' || state === 'X' ? null : startTime;
}

/** Asks the process to end, insists after 2 s, and returns when it is gone. A process that is gone already is fine. */
export async function endServer(server: ServerProcess): Promise<void> {
  signal(server, 'SIGTERM');
  if (await isGoneWithin(server, POLITE_MS)) return;
  signal(server, 'SIGKILL');
  if (await isGoneWithin(server, INSISTENT_MS)) return;
  throw new KubeSecureError('internal', `while ending ${server.name}: process ${server.pid} does not go`);
}

/** The last lines a server wrote, to be shown when it did not come up. */
export function logTail(server: ServerProcess, lines = 8): string {
  return readFileSync(server.logPath, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

function signal(server: ServerProcess, name: NodeJS.Signals): void {
  if (!isRunning(server)) return;
  try {
    process.kill(server.pid, name);
  } catch (error) {
    if (isRunning(server)) throw error;
  }
}

async function isGoneWithin(server: ServerProcess, limitMs: number): Promise<boolean> {
  const giveUpAtMs = Date.now() + limitMs;
  while (isRunning(server)) {
    if (Date.now() > giveUpAtMs) return false;
    await sleep(POLL_MS);
  }
  return true;
}
