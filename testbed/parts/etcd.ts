import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { assetPath, cachedPath, isProgram, placeInCache, withWorkFolder } from './cache.ts';
import { debianPackage } from './debian-package.ts';
import { buildGoProgram } from './go-toolchain.ts';
import type { Part, Progress } from './part.ts';

const GO_VERSION = '3.6.16';

/** etcd: the distribution's own (3.4 serves Kubernetes 1.35 as well), else built from Go modules. */
export const etcdPart: Part = {
  name: 'etcd',
  versionArguments: ['--version'],
  find: () => assetPath('etcd') ?? [distributionPath(), goPath()].find(isProgram) ?? null,
  get: async (progress) => {
    if (!(await unpackDistributionEtcd(progress))) await buildEtcd(progress);
  },
};

function goPath(): string {
  return cachedPath('etcd', GO_VERSION);
}

// A program from a distribution is linked against that distribution's libraries, so its path names it.
function distributionPath(): string {
  const release = readOsRelease();
  return cachedPath('etcd', `${release('ID')}-${release('VERSION_ID')}`);
}

function readOsRelease(): (key: string) => string {
  let text = '';
  try {
    text = readFileSync('/etc/os-release', 'utf8');
  } catch {
    // Not a distribution that says its name: the path then reads "unknown" and stays empty.
  }
  return (key) => new RegExp(`^${key}="?([\\w.-]+)"?$`, 'm').exec(text)?.[1] ?? 'unknown';
}

async function unpackDistributionEtcd(progress: Progress): Promise<boolean> {
  progress('etcd: fetching the package etcd-server (6 MB, seconds)');
  return withWorkFolder(async (folder) => {
    if (!(await debianPackage('etcd-server', folder, progress))) return false;
    const program = join(folder, 'usr', 'bin', 'etcd');
    if (!readdirSync(join(folder, 'usr', 'bin')).includes('etcd')) return false;
    placeInCache(program, distributionPath());
    return true;
  });
}

async function buildEtcd(progress: Progress): Promise<void> {
  progress(`etcd ${GO_VERSION}: building from Go modules (about 3 minutes)`);
  await withWorkFolder(async (folder) => {
    const output = join(folder, 'etcd');
    const moduleFolder = join(import.meta.dirname, '..', 'etcd');
    await buildGoProgram(
      { moduleFolder, packagePath: 'go.etcd.io/etcd/server/v3', linkerFlags: '-s -w', output },
      progress,
    );
    placeInCache(output, goPath());
  });
}
