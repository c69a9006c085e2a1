/** The lab's command: real tools in network namespaces of its own; captures and ground truths come out. */
import { exitCodeOf, reasonOf } from '#core/error.ts';
import { removeStaleNetworks } from './network.ts';
import { installTools } from './install-tools.ts';
import { type LabOptions, parseOptions } from './options.ts';
import { runAll } from './run-all.ts';
import { makeSamples } from './samples.ts';
import { LONG_SCENARIOS, SCENARIOS } from './scenarios/list.ts';
import { removeStaleScratch } from './scratch.ts';
import { requireTools, TOOLS } from './tools.ts';
import type { Truth } from './truth.ts';

const HELP = `npm run lab -- [options]           runs scenarios, several side by side (root)
npm run lab -- samples             makes samples/ again
npm run lab -- doctor              says what this machine lacks

  --scenario NAME   this scenario only; may be given several times (default: all)
  --from N          first seed (default 1; --seed is the same); seeds from 100 on are runs of lab b
  --runs N          runs of each scenario, with seeds N, N+1, ... (default 1)
  --jobs N          labs side by side (default 2)
  --again           makes runs that are there already once more
  --quick           runs of about ten seconds
  --out FOLDER      where runs go (default lab/runs, quick ones lab/runs/quick)
  --install         first installs what this machine lacks, with apt; also with samples and doctor

Scenarios:
${[...SCENARIOS, ...LONG_SCENARIOS].map((scenario) => `  ${scenario.name.padEnd(14)} ${scenario.summary}`).join('\n')}`;

const INTERRUPTED = 130;
/** A run that takes this much longer than planned was made on a machine with too much to do. */
const MOST_OVERRUN = 1.3;

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
      if (options.install) await installTools();
      requireTools();
      console.log(`the lab can run: all ${TOOLS.length} tools are here`);
      return;
    case 'samples':
      await prepare(options.install);
      for (const truth of await makeSamples('samples', signal)) console.log(summaryOf(truth));
      return;
    case 'run':
      await prepare(options.install);
      await runAll(options, signal, (truth) => console.log(summaryOf(truth)), console.error);
  }
}

async function prepare(install: boolean): Promise<void> {
  if (install) await installTools();
  requireTools();
  await removeStaleScratch();
  for (const name of await removeStaleNetworks()) console.log(`removed ${name}, left behind by a lab that was killed`);
}

function summaryOf(truth: Truth): string {
  const seconds = ((truth.endUs - truth.startUs) / 1e6).toFixed(1);
  const attacks = truth.attacks.map((attack) => {
    const attackSeconds = (attack.endUs - attack.startUs) / 1e6;
    return `${attack.family} at ${((attack.startUs - truth.startUs) / 1e6).toFixed(1)} s for ${attackSeconds.toFixed(1)} s, ${attack.packets} packets`;
  });
  const { packets, droppedByKernel } = truth.capture;
  const what = [`${packets} packets in ${seconds} s, ${droppedByKernel} dropped`, ...attacks].join('; ');
  const planned = Number(truth.parameters['plannedSeconds']);
  const isLate = Number(seconds) > planned * MOST_OVERRUN;
  return `${truth.scenario} seed ${truth.seed}: ${what}${isLate ? `; planned were ${planned} s: too much goes on here` : ''}`;
}

process.exitCode = await main();
