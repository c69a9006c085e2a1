import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { KubeSecureError, reasonOf } from '#core/error.ts';

/** The tables in the folder, by name. Throws `bad-input` if there is no such folder, or none in it. */
export function tablePaths(directory: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    throw new KubeSecureError('bad-input', `while looking for tables: ${reasonOf(error)}`, { cause: error });
  }
  const tables = names.filter((name) => name.endsWith('.flows')).toSorted((a, b) => a.localeCompare(b));
  if (tables.length === 0) throw new KubeSecureError('bad-input', `while looking for tables: none in ${directory}`);
  return tables.map((name) => join(directory, name));
}
