/**
 * Writes what can be read from the code into docs/reference/: settings, HTTP API, metrics, rights in the cluster.
 * With `--check` it writes nothing and fails when a committed file is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configurationPage } from './pages/configuration.ts';
import { metricsPage } from './pages/metrics.ts';
import { openApiPage } from './pages/openapi.ts';
import { rightsPage } from './pages/rights.ts';

const FOLDER = join(import.meta.dirname, 'reference');

const pages: Record<string, string> = {
  'configuration.md': configurationPage(),
  'openapi.json': await openApiPage(),
  'metrics.md': await metricsPage(),
  'rights.md': rightsPage(),
};

let stale = 0;
for (const [name, text] of Object.entries(pages)) {
  const path = join(FOLDER, name);
  if (committed(path) === text) continue;
  if (process.argv.includes('--check')) {
    stale++;
    process.stdout.write(`docs/reference/${name} is stale: run make docs\n`);
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    process.stdout.write(`wrote docs/reference/${name}\n`);
  }
}
process.exit(stale === 0 ? 0 : 1);

function committed(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
