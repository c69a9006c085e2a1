/** The lab's command: real tools in network namespaces of its own; captures and ground truths come out. */
import { exitCodeOf, reasonOf } from '#core/error.ts';
import { removeStaleNetworks } from './network.ts';
import { type LabOptions, parseOptions, type RunRequest } from './options.ts';
import { runScenario } from './run-scenario.ts';
import { makeSamples } from './samples.ts';
import { SCENARIOS } from './scenarios/list.ts';
import { removeStaleScratch } from './scratch.ts';
import { requireTools, TOOLS } from './tools.ts';
import type { Truth } from './truth.ts';

const HELP = `npm run lab -- [options]           runs scenarios, one after another (root)
npm run lab -- samples             makes samples/ again
npm run lab -- doctor              says what this machine lacks

  --scenario NAME   this scenario only; may be given several times (default: all)
  --seed N          first seed (default 1)
  --runs N          runs of each scenario, with seeds N, N+1, ... (default 1)
  --quick           runs of about ten seconds
  --out FOLDER      where runs go (default lab/runs)

Scenarios:
${SCENARIOS.map((scenario) => `  ${scenario.name.padEnd(14)} ${scenario.summary}`).join('\n')}`;

const INTERRUPTED = 130;

async function main(): Promise<number> {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());
  try {
    await obey(parseOptions(process.argv.slice(2)), interrupt.signal);
    return 0;
  } catch (error) {
    if (interrupt.signal.aborted) {
      console.error('interrupted; the lab is removed');
      return INTERRUPTED;
    }
    console.error(reasonOf(error));
    return exitCodeOf(error);
  }
}

async function obey(options: LabOptions, signal: AbortSignal): Promise<void> {
  switch (options.command) {
    case 'help':
      console.log(HELP);
      return;
    case 'doctor':
      requireTools();
      console.log(`the lab can run: all ${TOOLS.length} tools are here`);
      return;
    case 'samples':
      await prepare();
      for (const truth of await makeSamples('samples', signal)) console.log(summaryOf(truth));
      return;
    case 'run':
      await prepare();
      await runAll(options, signal);
  }
}

async function prepare(): Promise<void> {
  requireTools();
  await removeStaleScratch();
  for (const name of await removeStaleNetworks()) console.log(`removed ${name}, left behind by a lab that was killed`);
}

/** Seed by seed, so that a run cut short has some of every scenario. */
async function runAll(request: RunRequest, signal: AbortSignal): Promise<void> {
  for (const seed of request.seeds) {
    for (const scenario of request.scenarios) {
      const truth = await runScenario(scenario, { quick: request.quick, out: request.out, seed, signal });
      console.log(summaryOf(truth));
    }
  }
}

function summaryOf(truth: Truth): string {
  const seconds = ((truth.endUs - truth.startUs) / 1e6).toFixed(1);
  const attacks = truth.attacks.map((attack) => {
    const attackSeconds = (attack.endUs - attack.startUs) / 1e6;
    return `${attack.family} at ${((attack.startUs - truth.startUs) / 1e6).toFixed(1)} s for ${attackSeconds.toFixed(1)} s, ${attack.packets} packets`;
  });
  const { packets, droppedByKernel } = truth.capture;
  const what = [`${packets} packets in ${seconds} s, ${droppedByKernel} dropped`, ...attacks].join('; ');
  return `${truth.scenario} seed ${truth.seed}: ${what}`;
}

process.exitCode = await main();
