import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { assetPath, cacheFolder } from './cache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cache-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('the cache lies outside the clone, where the environment says or in the home', () => {
  expect(cacheFolder({ KUBESECURE_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
  expect(cacheFolder({ KUBESECURE_CACHE: '', XDG_CACHE_HOME: '/b' })).toBe('/b/kubesecure');
  expect(cacheFolder({})).toBe(join(homedir(), '.cache', 'kubesecure'));
});

test('a program in KUBEBUILDER_ASSETS is taken only if it can be run', () => {
  const path = join(folder, 'etcd');
  writeFileSync(path, '');
  chmodSync(path, 0o644);
  expect(assetPath('etcd', { KUBEBUILDER_ASSETS: folder })).toBeNull();
  chmodSync(path, 0o755);
  expect(assetPath('etcd', { KUBEBUILDER_ASSETS: folder })).toBe(path);
  expect(assetPath('etcd', {})).toBeNull();
});
