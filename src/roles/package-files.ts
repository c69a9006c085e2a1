import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

const PACKAGE_ROOT = join(import.meta.dirname, '../..');

/** The built dashboard, or null where nobody has built it. */
export function dashboardFolder(): string | null {
  const folder = join(PACKAGE_ROOT, 'web/dist');
  return existsSync(join(folder, 'index.html')) ? folder : null;
}

/** A relative folder of the settings is looked for here first, then in the package, which brings a model. */
export function modelFolder(modelDir: string): string {
  if (isAbsolute(modelDir) || existsSync(modelDir)) return resolve(modelDir);
  return join(PACKAGE_ROOT, modelDir);
}
