import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { reasonOf } from '#core/error.ts';

import { isProgram } from './cache.ts';
import type { Progress } from './part.ts';
import { runProgram } from './run-program.ts';

/**
 * Unpacks a package of this Debian-like machine into `folder` without installing it, so none of its services starts.
 * Gives false where that cannot be done: no apt, or the package is not known and the lists cannot be fetched.
 */
export async function debianPackage(name: string, folder: string, progress: Progress): Promise<boolean> {
  if (!isProgram('/usr/bin/apt-get') || !isProgram('/usr/bin/dpkg')) return false;
  if (!(await isKnown(name))) {
    if (!(await updatePackageLists(progress)) || !(await isKnown(name))) return false;
  }
  const download = join(folder, 'package');
  mkdirSync(download);
  try {
    await runProgram('apt-get', ['download', '--quiet', name], { folder: download });
  } catch {
    // The lists may be older than the mirror, which then no longer holds the version they name.
    if (!(await updatePackageLists(progress))) return false;
    const fetched = await succeeds(runProgram('apt-get', ['download', '--quiet', name], { folder: download }));
    if (!fetched) return false;
  }
  const file = readdirSync(download).find((entry) => entry.endsWith('.deb'));
  return file !== undefined && succeeds(runProgram('dpkg', ['-x', join(download, file), folder]));
}

/**
 * Installs packages, each with what it cannot do without. One that cannot be had does not keep the others out: it is
 * reported as a line of progress. Needs root and apt.
 */
export async function installPackages(names: string[], progress: Progress): Promise<void> {
  const known = await Promise.all(names.map(isKnown));
  if (known.includes(false)) await updatePackageLists(progress);
  progress(`apt: installing ${names.join(' ')}`);
  if (await succeeds(install(names))) return;
  await updatePackageLists(progress);
  for (const name of names) {
    await install([name]).catch((error: unknown) => progress(`apt: ${name}: ${reasonOf(error)}`));
  }
}

function install(names: string[]): Promise<string> {
  return runProgram('apt-get', ['install', '--yes', '--quiet', '--no-install-recommends', ...names], {
    environment: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    limitMs: 15 * 60_000,
  });
}

/** True if this user can install packages here. */
export function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && isProgram('/usr/bin/apt-get');
}

/** Fetches the package lists; false if this user may not or the mirrors do not answer. */
export async function updatePackageLists(progress: Progress): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  progress('apt: fetching the package lists (up to a minute)');
  return succeeds(runProgram('apt-get', ['update', '--quiet']));
}

async function isKnown(name: string): Promise<boolean> {
  const policy = await runProgram('apt-cache', ['policy', name], {
    environment: { ...process.env, LC_ALL: 'C' },
  }).catch(() => '');
  return /Candidate: (?!\(none\))/.test(policy);
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
