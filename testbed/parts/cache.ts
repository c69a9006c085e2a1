import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * The folder that outlives a clone: built programs and the state of running testbeds lie here.
 * `KUBESECURE_CACHE` wins over `XDG_CACHE_HOME`, which wins over `~/.cache`.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment['KUBESECURE_CACHE']) return environment['KUBESECURE_CACHE'];
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kubesecure');
}

/** Where a part of one version lies in the cache, whether it is there or not. */
export function cachedPath(name: string, version: string): string {
  return join(cacheFolder(), 'parts', `${name}-${version}`, name);
}

/** True if the path is a file this user may run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The program of that name in the folder `KUBEBUILDER_ASSETS` names, or null. */
export function assetPath(name: string, environment: NodeJS.ProcessEnv = process.env): string | null {
  const folder = environment['KUBEBUILDER_ASSETS'];
  if (!folder) return null;
  const path = join(folder, name);
  return isProgram(path) ? path : null;
}

/** Runs `work` with an empty folder on the cache's own file system and removes the folder afterwards. */
export async function withWorkFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(join(cacheFolder(), 'work-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Moves a finished file or folder to its place in the cache in one step: a reader sees all of it or nothing. */
export function placeInCache(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if (statSync(from).isFile()) chmodSync(from, 0o755);
  renameSync(from, to);
}
