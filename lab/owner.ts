import { access } from 'node:fs/promises';

/** Whatever a lab makes outside its output is named `kslab-<process id>-...`, so that it can be told whose it is. */
export const LAB_PREFIX = 'kslab';

/** The process id in such a name; null for any other name. */
export function ownerOf(name: string): number | null {
  const match = new RegExp(`^${LAB_PREFIX}-(\\d+)-`).exec(name);
  return match === null ? null : Number(match[1]);
}

/** Whether this process exists; null does not. */
export function isAlive(pid: number | null): Promise<boolean> {
  return access(`/proc/${pid}`).then(
    () => true,
    () => false,
  );
}
