/** `npm run evaluate`: the product, its parts and the baselines on traffic they have not seen, and the committed floor. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadModel, type Model } from '#detection/model.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { type Contender, evaluateSplit, productContenders, type TestCapture } from './evaluate-split.ts';
import { baselineContenders } from './baseline-contenders.ts';
import { publicCaptures } from './public-captures.ts';
import type { EvaluationReport, SplitResult } from './report/evaluation-report.ts';
import { belowFloor, EvaluationFloor, floorOf } from './report/floor.ts';
import { renderMarkdown } from './report/markdown.ts';
import { writeReport } from './report/write-report.ts';
import type { SplitName } from './report/names.ts';
import { tablePaths } from './table-paths.ts';
import { readRunTable } from './tables/read-table.ts';
import { readSplits, splitOf, type SplitProtocol } from './tables/splits.ts';
import { cropsOf, wholeCapture } from './test-data.ts';
import { orUsage } from './usage.ts';

const { values: options } = orUsage('evaluate', () =>
  parseArgs({
    options: {
      data: { type: 'string', default: 'data/runs' },
      model: { type: 'string', default: 'models/clstm' },
      /** Models that were trained on a part of the data, one folder a split. */
      others: { type: 'string', default: 'models/evaluation' },
      floor: { type: 'string', default: 'models/clstm/floor.json' },
      /** Leaves out the baselines, which take most of the time. */
      quick: { type: 'boolean', default: false },
      split: { type: 'string', multiple: true, default: [] },
      /** A folder of public captures for a second opinion; their figures are printed and not kept. */
      public: { type: 'string' },
      /** Also writes docs/evaluation.md, .json and the plots, and the floor. */
      write: { type: 'boolean', default: false },
    },
  }),
);

/** What each split is tested on, and by whose model. */
const SPLITS: readonly {
  readonly split: SplitName;
  readonly protocol: SplitProtocol;
  readonly model: string;
  readonly note: string;
}[] = [
  { split: 'run', protocol: 'shipped', model: options.model, note: 'The model that is shipped.' },
  {
    split: 'family-hold-out',
    protocol: 'hold-out',
    model: join(options.others, 'hold-out'),
    note: 'A model that never saw these scenarios, nor inventions of their kind; all their runs are tested.',
  },
  {
    split: 'cross-lab',
    protocol: 'cross-lab',
    model: join(options.others, 'cross-lab'),
    note: 'A model that learned in lab a alone, on all runs of lab b.',
  },
  {
    split: 'time',
    protocol: 'time',
    model: join(options.others, 'time'),
    note: 'A model that learned from the runs made first, on those made last.',
  },
  { split: 'crops', protocol: 'shipped', model: options.model, note: 'Cut out of the runs of the first split.' },
];

const paths = tablePaths(options.data);
const chosen = SPLITS.filter(({ split }) => options.split.length === 0 || options.split.includes(split));
const results: SplitResult[] = [];
const shipped = await open(options.model);
for (const { split, protocol, model: directory, note } of chosen) {
  if (!existsSync(join(directory, 'model.onnx'))) {
    say(`${split}: no model in ${directory}, left out`);
    continue;
  }
  const captures = testDataOf(split, protocol);
  if (captures.length === 0) {
    say(`${split}: no runs for it in ${options.data}, left out`);
    continue;
  }
  const model = await open(directory);
  const contenders: Contender[] = productContenders(model);
  if (!options.quick) contenders.push(...(await baselineContenders(model, protocol, options.data)));
  results.push(await evaluateSplit({ split, note, captures, contenders }));
  await model.close();
  say(`${split}: ${captures.length} captures (${Math.round(performance.now() / 1000)} s)`);
}
if (options.public !== undefined) {
  const captures = publicCaptures(options.public);
  const note = 'Captures of others, each by itself.';
  results.push(
    await evaluateSplit({ split: 'public-captures', note, captures, contenders: productContenders(shipped) }),
  );
}
await shipped.close();

const report: EvaluationReport = {
  version: 1,
  subject: {
    modelSha256: shipped.card.sha256,
    contract: `${FEATURE_CONTRACT.version} (${FEATURE_CONTRACT.hash.slice(0, 12)})`,
    product: 'combined',
    budgetPerDay: 1,
    training: `Trained on ${shipped.card.data}, seed ${shipped.card.seed}.`,
    calibration: `Calibrated on ${shipped.calibration.hours.client.toFixed(1)} workload-hours of ordinary traffic.`,
  },
  splits: results,
  overSeeds: [],
  limits: [
    'The lab has few services, tools and machines; a real cluster has more of everything, and figures there will be worse.',
    'Hours of ordinary traffic are few: a rate of one false alert a day per 100 workloads cannot be shown by them, only not contradicted. Thresholds for it are extrapolated.',
    'Runs are short, so novelty is measured on workloads that it has known for seconds, not days.',
    'Beacons were played with periods of up to 45 s.',
  ],
};
process.stdout.write(renderMarkdown(report, []));
if (options.write) {
  await writeReport({ ...report, splits: results.filter(({ split }) => split !== 'public-captures') }, 'docs');
  await writeFile(options.floor, `${JSON.stringify(floorOf(report, 'combined'), null, 2)}\n`);
} else {
  const floor = EvaluationFloor.parse(JSON.parse(await readFile(options.floor, 'utf8')));
  const measured = new Set<string>(results.map(({ split }) => split));
  // A part of the evaluation is held against its part of the floor.
  const isMeasured = (name: string) => measured.has(name.split('/')[0]);
  const shortfalls = belowFloor(report, {
    ...floor,
    atLeast: Object.fromEntries(Object.entries(floor.atLeast).filter(([name]) => isMeasured(name))),
    atMost: Object.fromEntries(Object.entries(floor.atMost).filter(([name]) => isMeasured(name))),
  });
  for (const shortfall of shortfalls) say(`below ${options.floor}: ${shortfall}`);
  process.exitCode = shortfalls.length > 0 ? 1 : 0;
}

function testDataOf(split: SplitName, protocol: SplitProtocol): TestCapture[] {
  const splits = readSplits();
  return paths.flatMap((path) => {
    const table = readRunTable(path);
    if (splitOf(table.run, protocol, splits) !== 'evaluation') return [];
    // The other evaluation runs of that protocol have families that were trained on.
    if (split === 'family-hold-out' && table.run.attacks.length > 0 && !splits.heldOut.includes(table.run.scenario)) {
      return [];
    }
    return split === 'crops' ? cropsOf(path, table) : [wholeCapture(path, table)];
  });
}

function open(directory: string): Promise<Model> {
  return loadModel(directory, { contract: FEATURE_CONTRACT, threads: 1 });
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
