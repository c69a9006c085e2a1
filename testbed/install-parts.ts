// In: nothing. Out: every program the tests run, on this machine; the names of those that could not be had.

import { reasonOf } from '#core/error.ts';

import { canInstallPackages, installPackages } from './parts/debian-package.ts';
import { getPart, PARTS, type PartName } from './parts/get-part.ts';
import type { Progress } from './parts/part.ts';
import { SYSTEM_TOOLS, type SystemTool } from './parts/system-tools.ts';
import { withoutServices } from './parts/without-services.ts';

/**
 * Installs what the distribution has (as root on Debian or Ubuntu; elsewhere it says what to install) and fetches or
 * builds the rest, one after another. What is there already costs no time. Gives the names of what is still missing.
 */
export async function installParts(progress: Progress): Promise<string[]> {
  const packages = missingTools().map((tool) => tool.package);
  if (packages.length > 0) {
    if (canInstallPackages()) await withoutServices('nginx', () => installPackages(packages, progress));
    else progress(`this user cannot install packages here; please install: ${packages.join(' ')}`);
  }
  for (const name of partNames()) {
    await getPart(name, progress).catch((error: unknown) => progress(reasonOf(error)));
  }
  return missingParts();
}

/** The names of the programs the tests run that are not at hand. Fetches nothing; for tests that must skip loudly. */
export async function missingParts(): Promise<string[]> {
  return [...missingTools().map(({ name }) => name), ...partNames().filter((name) => PARTS[name].find() === null)];
}

function missingTools(): SystemTool[] {
  return SYSTEM_TOOLS.filter((tool) => !tool.isThere());
}

function partNames(): PartName[] {
  return Object.keys(PARTS) as PartName[];
}
