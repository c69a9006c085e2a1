import { describe, test } from 'vitest';
import { missingParts } from './install-parts.ts';

/** What the tests of a file need of this machine, and the `test` and `describe` that skip where it is not there. */
export interface Needs {
  readonly test: typeof test;
  readonly describe: typeof describe;
}

/** What a testbed without Traefik is made of. */
export const API_SERVER = ['etcd', 'kube-apiserver', 'openssl'];

/**
 * Skips the tests of `who` loudly where one of these parts (names of `missingParts`, or `root`) is missing. That it must
 * not happen on the project's own machine is `testbed parts`' to see to, which fails there for a missing part.
 */
export async function needs(who: string, ...parts: readonly string[]): Promise<Needs> {
  const missing = await missingParts();
  const lacking = parts.filter((part) => (part === 'root' ? process.getuid?.() !== 0 : missing.includes(part)));
  if (lacking.length > 0) console.warn(`${who}: SKIPPING tests for want of ${lacking.join(', ')}`);
  return {
    test: test.skipIf(lacking.length > 0) as typeof test,
    describe: describe.skipIf(lacking.length > 0) as typeof describe,
  };
}
