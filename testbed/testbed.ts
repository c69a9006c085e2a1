// In: a folder. Out: a running Kubernetes API of its own (etcd, kube-apiserver; on request Traefik before a web server),
// which goes on until it is stopped; the folder's state file says what was started, and only that is ended.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { KubeConfig } from '@kubernetes/client-node';

import { KubeSecureError } from '#core/error.ts';

import { cacheFolder } from './parts/cache.ts';
import { withExclusiveLock } from './parts/exclusive-lock.ts';
import { getPart } from './parts/get-part.ts';
import type { Progress } from './parts/part.ts';
import { startApiServer, type ApiServerAccess } from './servers/api-server.ts';
import { startEtcd } from './servers/etcd-server.ts';
import { removeNetwork } from './servers/network-namespace.ts';
import { endServer, isRunning, startTicksOf } from './servers/server-process.ts';
import { emptyState, noteServer, readState, writeState, type TestbedState } from './servers/testbed-state.ts';
import { startTraefik, type TraefikAccess } from './servers/traefik-server.ts';

export { kubeconfigFor } from './servers/limited-user.ts';
export { SHOP } from './servers/shop.ts';

/** A running testbed. */
export type Testbed = {
  /** Where its state, data and logs lie. */
  folder: string;
  /** The administrator's kubeconfig, as a file and loaded. */
  kubeconfigPath: string;
  adminKubeconfig: KubeConfig;
  api: ApiServerAccess;
  /** Null unless Traefik was asked for. */
  traefik: TraefikAccess | null;
  /** Ends everything that was started, waits until it is gone and removes the folder. */
  stop: () => Promise<void>;
};

/** Which testbed, what in it, and where lines about the progress go (nowhere unless told). */
export type TestbedOptions = {
  /** Left out: a new folder of this process's own, ended by a later start if this process dies without a word. */
  stateDir?: string;
  /** Start Traefik before a web server as well; needs root. */
  traefik?: boolean;
  progress?: Progress;
};

/**
 * Starts a testbed, or gives the one that runs in the folder already (adding Traefik if it is asked for). Programs that
 * are not at hand are fetched or built first, which may take minutes. If anything fails, what this call started is ended.
 */
export async function startTestbed(options: TestbedOptions = {}): Promise<Testbed> {
  const { traefik = false, progress = () => undefined } = options;
  if (options.stateDir === undefined) {
    await endAbandoned();
    const folder = ownFolder();
    return start(folder, traefik, progress, { pid: process.pid, startTicks: startTicksOf(process.pid) ?? -1 });
  }
  const folder = resolve(options.stateDir);
  return withFolderLock(folder, progress, () => start(folder, traefik, progress, null));
}

/** The testbed that runs in the folder, or null if none does or one of its servers is gone. */
export function findTestbed(stateDir: string): Testbed | null {
  const folder = resolve(stateDir);
  const state = readState(folder);
  return state !== null && isWhole(state) ? describe(folder, state) : null;
}

/** Ends the testbed of the folder and removes the folder. Gives false if there was none. */
export async function stopTestbed(stateDir: string, progress: Progress = () => undefined): Promise<boolean> {
  const folder = resolve(stateDir);
  if (!existsSync(folder)) return false;
  return withFolderLock(folder, progress, () => stop(folder));
}

async function start(
  folder: string,
  traefik: boolean,
  progress: Progress,
  owner: TestbedState['owner'],
): Promise<Testbed> {
  const found = readState(folder);
  if (found !== null && !isWhole(found)) await stop(folder);
  if (found === null && existsSync(folder) && readdirSync(folder).length > 0) {
    throw new KubeSecureError('usage', `while starting a testbed: ${folder} holds other files; name another folder`);
  }
  const state = readState(folder) ?? emptyState(owner);
  writeState(folder, state);
  const before = { servers: state.servers.length, networks: state.networks.length };
  try {
    const api = state.api ?? (await startApi(folder, state, progress));
    if (traefik && state.traefik === null) await addTraefik(folder, state, api, progress);
  } catch (error) {
    if (before.servers === 0) await stop(folder);
    else await undoSince(before, folder, state);
    throw error;
  }
  return describe(folder, state);
}

async function startApi(folder: string, state: TestbedState, progress: Progress): Promise<ApiServerAccess> {
  const etcd = await getPart('etcd', progress);
  const apiServer = await getPart('kube-apiserver', progress);
  progress('starting etcd');
  const { clientUrl } = await startEtcd(etcd, folder, noteServer(folder, state));
  progress('starting kube-apiserver (5 to 15 s)');
  state.api = await startApiServer(apiServer, folder, clientUrl, noteServer(folder, state));
  writeState(folder, state);
  return state.api;
}

async function addTraefik(
  folder: string,
  state: TestbedState,
  api: ApiServerAccess,
  progress: Progress,
): Promise<void> {
  const program = await getPart('traefik', progress);
  progress('starting a web server and traefik before it');
  const onNetwork = (network: TestbedState['networks'][number]): void => {
    state.networks.push(network);
    writeState(folder, state);
  };
  state.traefik = await startTraefik(program, folder, api.kubeconfigPath, onNetwork, noteServer(folder, state));
  writeState(folder, state);
}

async function undoSince(
  before: { servers: number; networks: number },
  folder: string,
  state: TestbedState,
): Promise<void> {
  for (const server of state.servers.slice(before.servers).toReversed()) await endServer(server);
  for (const network of state.networks.slice(before.networks)) await removeNetwork(network);
  state.servers.length = before.servers;
  state.networks.length = before.networks;
  writeState(folder, state);
}

async function stop(folder: string): Promise<boolean> {
  const state = readState(folder);
  if (state === null) return false;
  for (const server of state.servers.toReversed()) await endServer(server);
  for (const network of state.networks) await removeNetwork(network);
  rmSync(folder, { recursive: true, force: true });
  return true;
}

function isWhole(state: TestbedState): boolean {
  return state.api !== null && state.servers.every(isRunning);
}

function describe(folder: string, state: TestbedState): Testbed {
  const { api, traefik } = state;
  if (api === null) throw new KubeSecureError('internal', `while describing the testbed in ${folder}: it is not up`);
  const adminKubeconfig = new KubeConfig();
  adminKubeconfig.loadFromFile(api.kubeconfigPath);
  const stopIt = async (): Promise<void> => {
    // Nobody but its owner knows of a folder that has one.
    await (state.owner === null ? stopTestbed(folder) : stop(folder));
  };
  return { folder, kubeconfigPath: api.kubeconfigPath, adminKubeconfig, api, traefik, stop: stopIt };
}

function withFolderLock<T>(folder: string, progress: Progress, work: () => Promise<T>): Promise<T> {
  const onWait = (): void => progress(`another process is starting or ending the testbed in ${folder}; waiting for it`);
  // Beside the folder, which is removed while the lock is held.
  return withExclusiveLock(`${folder}.lock`, work, { onWait });
}

function ownFolder(): string {
  mkdirSync(runsFolder(), { recursive: true, mode: 0o700 });
  return mkdtempSync(join(runsFolder(), 'run-'));
}

function runsFolder(): string {
  return join(cacheFolder(), 'testbed-runs');
}

// A process that was killed could not end its testbed.
async function endAbandoned(): Promise<void> {
  const runs = runsFolder();
  if (!existsSync(runs)) return;
  await withExclusiveLock(`${runs}.lock`, async () => {
    for (const entry of readdirSync(runs)) {
      const folder = join(runs, entry);
      const owner = readState(folder)?.owner ?? null;
      if (owner !== null && !isRunning(owner)) await stop(folder);
    }
  });
}
