import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { KubeSecureError } from '#core/error.ts';

import type { ServerProcess } from './server-process.ts';

const FILE_NAME = 'testbed.json';

const ServerRecord = z.object({ name: z.string(), pid: z.int(), startTicks: z.int(), logPath: z.string() });

/** What a testbed's folder says about it: enough to use it and to end exactly what it started. */
export const TestbedState = z.object({
  /** Clock ticks since boot and pid of the process for which it was started; null if it is to outlive its starter. */
  owner: z.object({ pid: z.int(), startTicks: z.int() }).nullable(),
  /** In the order in which they were started. */
  servers: z.array(ServerRecord),
  networks: z.array(z.object({ namespace: z.string(), hostInterface: z.string() })),
  /** Null until the API server is ready. */
  api: z.object({ url: z.string(), kubeconfigPath: z.string(), certificateFolder: z.string() }).nullable(),
  /** Null if it was not asked for or is not ready. */
  traefik: z.object({ url: z.string(), accessLogPath: z.string() }).nullable(),
});
export type TestbedState = z.infer<typeof TestbedState>;

/** A testbed of which nothing has been started. */
export function emptyState(owner: TestbedState['owner']): TestbedState {
  return { owner, servers: [], networks: [], api: null, traefik: null };
}

/** The state kept in the folder, or null if it holds none. Throws `bad-input` if the file is not one of ours. */
export function readState(folder: string): TestbedState | null {
  const path = join(folder, FILE_NAME);
  if (!existsSync(path)) return null;
  try {
    return TestbedState.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new KubeSecureError('bad-input', `while reading ${path}: it does not describe a testbed`, { cause });
  }
}

/** Writes the state into the folder, which is made if need be. A reader sees the old state or the new one. */
export function writeState(folder: string, state: TestbedState): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, FILE_NAME);
  writeFileSync(`${path}.new`, JSON.stringify(state, null, 2));
  renameSync(`${path}.new`, path);
}

/** Notes a server in the state as soon as it has been started, so that whatever happens next it can be ended. */
export function noteServer(folder: string, state: TestbedState): (server: ServerProcess) => void {
  return (server) => {
    state.servers.push(server);
    writeState(folder, state);
  };
}
