import { join } from 'node:path';

import { assetPath, cachedPath, isProgram, placeInCache, withWorkFolder } from './cache.ts';
import { buildGoProgram } from './go-toolchain.ts';
import type { Part } from './part.ts';

const VERSION = '1.35.4';
const VERSION_PACKAGE = 'k8s.io/component-base/version';

/** kube-apiserver: no registry holds it ready-made, so it is built from Kubernetes' own Go modules. */
export const kubeApiserverPart: Part = {
  name: 'kube-apiserver',
  versionArguments: ['--version'],
  find: () => assetPath('kube-apiserver') ?? [cachedPath('kube-apiserver', VERSION)].find(isProgram) ?? null,
  get: async (progress) => {
    progress(`kube-apiserver ${VERSION}: building from Go modules (4 to 10 minutes on 2 cores, once per machine)`);
    await withWorkFolder(async (folder) => {
      const output = join(folder, 'kube-apiserver');
      await buildGoProgram(
        {
          moduleFolder: join(import.meta.dirname, '..', 'kube-apiserver'),
          packagePath: 'k8s.io/kubernetes/cmd/kube-apiserver',
          linkerFlags: linkerFlags(VERSION),
          output,
        },
        progress,
      );
      placeInCache(output, cachedPath('kube-apiserver', VERSION));
    });
  },
};

// Built from modules the program does not know its own version, and clients then take it for 0.0.
function linkerFlags(version: string): string {
  const [major, minor] = version.split('.');
  const values = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  const settings = Object.entries(values).map(([name, value]) => `-X ${VERSION_PACKAGE}.${name}=${value}`);
  return ['-s', '-w', ...settings].join(' ');
}
