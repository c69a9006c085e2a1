import { dirname, join, resolve } from 'node:path';
import type { Config } from '#config/config.ts';

/** Where detection keeps what it learns: the folder of the settings, or one beside the database. */
export function stateFolder({ detection, store }: Config): string {
  return resolve(detection.stateDir ?? join(dirname(store.path), 'detection'));
}
