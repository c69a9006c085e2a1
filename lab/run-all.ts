import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import type { RunRequest } from './options.ts';
import { runSideBySide } from './run-queue.ts';
import { drawPlan, runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { Truth } from './truth.ts';

interface Run {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly heavy: boolean;
}

/**
 * Makes the runs that are not there yet, several side by side, seed by seed, so that runs cut short have some of every
 * scenario. A run that fails is tried once more; the others go on. Throws `internal` in the end if some failed twice, and
 * the signal's reason when it aborts.
 */
export async function runAll(
  request: RunRequest,
  signal: AbortSignal,
  onDone: (truth: Truth) => void,
  onNotice: (line: string) => void,
): Promise<void> {
  const runs = await runsToMake(request, onNotice);
  const failures: string[] = [];
  await runSideBySide(runs, { jobs: request.jobs, signal }, async ({ scenario, seed }) => {
    const make = () => runScenario(scenario, { quick: request.quick, out: request.out, seed, signal });
    try {
      onDone(await make().catch((error: unknown) => again(error, make)));
    } catch (error) {
      signal.throwIfAborted();
      failures.push(`${scenario.name} seed ${seed}: ${reasonOf(error)}`);
    }
  });
  signal.throwIfAborted();
  if (failures.length > 0) {
    const count = `${failures.length} of ${runs.length} runs failed twice`;
    throw new KubeSecureError('internal', `while running the lab: ${count}:\n${failures.join('\n')}`);
  }

  function again(error: unknown, make: () => Promise<Truth>): Promise<Truth> {
    signal.throwIfAborted();
    onNotice(`tried once more: ${reasonOf(error)}`);
    return make();
  }
}

async function runsToMake(request: RunRequest, onNotice: (line: string) => void): Promise<Run[]> {
  const all = request.seeds.flatMap((seed) => request.scenarios.map((scenario) => ({ seed, scenario })));
  const isThere = await Promise.all(
    all.map(({ seed, scenario }) => hasTruth(join(request.out, `${scenario.name}-${seed}`))),
  );
  const missing = all.filter((_, index) => request.again || !isThere[index]);
  if (missing.length < all.length) {
    onNotice(`${all.length - missing.length} of ${all.length} runs are there already (--again makes them again)`);
  }
  return missing.map((run) => ({ ...run, heavy: drawPlan(run.scenario, run.seed, request.quick).heavy === true }));
}

/** Whether a run of this version of the lab was finished in that folder: its truth is written last. */
async function hasTruth(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'truth.json'), 'utf8').catch(() => null);
  return text !== null && Truth.safeParse(JSON.parse(text)).success;
}
