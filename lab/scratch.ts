import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, LAB_PREFIX, ownerOf } from './owner.ts';

/** A new folder for one run, named after this process. */
export function createScratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), `${LAB_PREFIX}-${process.pid}-`));
}

/** Removes the folders of labs whose process is gone. */
export async function removeStaleScratch(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => ownerOf(name) !== null);
  for (const name of names) {
    if (!(await isAlive(ownerOf(name)))) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}
