/** `npm run extract`: the lab's runs as tables in `data/runs`, and what is in them all in `data/summary.json`. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf, KubeSecureError } from '#core/error.ts';
import { readLabRuns } from './lab-runs.ts';
import { extractRun } from './tables/extract-run.ts';
import { removeTablesBut, writeSummary } from './tables/summary.ts';
import { orUsage } from './usage.ts';

const { values: options } = orUsage('extract', () =>
  parseArgs({
    options: {
      runs: { type: 'string', default: 'lab/runs' },
      out: { type: 'string', default: 'data/runs' },
      /** Makes tables again that are up to date; after a change to the packet path. */
      again: { type: 'boolean', default: false },
      /** Removes tables of runs that are no longer there. */
      prune: { type: 'boolean', default: false },
    },
  }),
);

try {
  await extractAll();
} catch (error) {
  if (!(error instanceof KubeSecureError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = exitCodeOf(error);
}

async function extractAll(): Promise<void> {
  const runs = await readLabRuns(options.runs);
  if (runs.length === 0) {
    throw new KubeSecureError('not-found', `while extracting: no runs in ${options.runs}; run \`make lab\` first`);
  }
  await mkdir(options.out, { recursive: true });
  for (const run of runs) {
    const began = performance.now();
    const { header, bytes, wasThere } = await extractRun(run, options.out, { again: options.again });
    const took = wasThere ? 'up to date' : `${Math.round(performance.now() - began)} ms`;
    const { length } = header.captures;
    report(`${run.name}: ${header.rows} rows of ${length} captures, ${inKilobytes(bytes)} kB, ${took}`);
  }
  if (options.prune) {
    const names = runs.map(({ name }) => name);
    for (const gone of await removeTablesBut(options.out, names)) report(`${gone}: removed, there is no such run`);
  }
  const all = await writeSummary(options.out, join(dirname(options.out), 'summary.json'));
  report(
    `${options.out}: ${all.runs} runs, ${all.seconds} s, ${all.rows} rows and ${all.cropRows} of ${all.crops} crops, ` +
      `${inKilobytes(all.bytes)} kB`,
  );
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

function inKilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
