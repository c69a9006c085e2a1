/** Checks the import rules of `.dependency-cruiser.mjs`, and that the tool read the code at all. */
import { spawnSync } from 'node:child_process';

/** With a parser it does not know the tool reads nothing and finds nothing: then its silence means nothing. */
const FEWEST_MODULES = Number(process.argv[2] ?? 60);
const FOLDERS = ['src', 'web', 'train', 'lab', 'testbed', 'bench', 'test'];

const result = spawnSync('depcruise', ['--config', '.dependency-cruiser.mjs', '--output-type', 'err', ...FOLDERS], {
  encoding: 'utf8',
});
process.stdout.write(result.stdout + result.stderr);
const modules = Number(/(\d+) modules/.exec(result.stdout)?.[1] ?? 0);
if (modules < FEWEST_MODULES) {
  process.stdout.write(`only ${modules} modules were read, at least ${FEWEST_MODULES} were expected\n`);
  process.exit(1);
}
process.exit(result.status ?? 1);
