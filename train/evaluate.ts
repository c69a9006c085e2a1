/** `npm run evaluate`: the model on runs of the lab it has not seen, against the figures it must not fall below. */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { orUsage } from './usage.ts';
import { z } from 'zod';
import { FAMILIES } from '#core/family.ts';
import { splitOf } from '../lab/truth.ts';
import { readLabRuns } from './dataset.ts';
import type { RunResult } from './evaluation.ts';
import { evaluateRun } from './evaluation.ts';

/** What the committed model reached; worse fails. */
const Floor = z.strictObject({
  /** Lowest share of runs in which the attack was found, by family. */
  recall: z.partialRecord(z.enum(FAMILIES), z.number().min(0).max(1)),
  /** Most false alarms (entity and family) per run. */
  falseAlarmsPerRun: z.number().min(0),
  /** Most seconds from first malicious packet to verdict: median, and 95th percentile. */
  delayMedianS: z.number().min(0),
  delayP95S: z.number().min(0),
});
type Floor = z.infer<typeof Floor>;

const { values: options } = orUsage('evaluate', () =>
  parseArgs({
    options: {
      runs: { type: 'string', default: 'lab/runs' },
      model: { type: 'string', default: 'models/clstm' },
      floor: { type: 'string', default: 'models/clstm/floor.json' },
      /** Also writes docs/evaluation.md. */
      write: { type: 'boolean', default: false },
    },
  }),
);

const runs = (await readLabRuns(options.runs)).filter(({ truth }) => splitOf(truth.seed) === 'evaluation');
if (runs.length === 0) {
  process.stderr.write(`while evaluating: no runs for evaluation in ${options.runs}; run \`make lab\` first\n`);
  process.exit(2);
}

const results: RunResult[] = [];
for (const run of runs) results.push(await evaluateRun(run, options.model));

const report = reportOf(results);
process.stdout.write(report);
if (options.write) await writeFile('docs/evaluation.md', report);

const floor = Floor.parse(JSON.parse(await readFile(options.floor, 'utf8')));
const shortfalls = belowFloor(results, floor);
for (const shortfall of shortfalls) process.stderr.write(`below ${options.floor}: ${shortfall}\n`);
process.exitCode = shortfalls.length > 0 ? 1 : 0;

function reportOf(all: readonly RunResult[]): string {
  const minutes = (all.reduce((sum, result) => sum + result.seconds, 0) / 60).toFixed(1);
  const alarms = all.flatMap(({ run, falseAlarms }) => falseAlarms.map((alarm) => `${run}: ${alarm}`));
  const scenarios = [...new Set(all.map(({ scenario }) => scenario))].toSorted();
  return [
    '# Evaluation',
    '',
    `Made by \`npm run evaluate -- --write\`: ${all.length} runs of the lab (${minutes} minutes of traffic) with seeds that`,
    'neither training nor calibration saw. A run counts as found when a verdict of the right family names an attacker or a',
    'victim. The delay runs from the first malicious packet to that verdict, in packet time. A false alarm is an entity that',
    'is called something it is not, in any run.',
    '',
    '| scenario | runs | found | delay median (s) | delay p95 (s) | false alarms |',
    '| --- | --: | --: | --: | --: | --: |',
    ...scenarios.map((scenario) =>
      rowOf(
        scenario,
        all.filter((result) => result.scenario === scenario),
      ),
    ),
    rowOf('all', all),
    '',
    ...(alarms.length > 0 ? ['False alarms:', '', ...alarms.map((alarm) => `- ${alarm}`), ''] : []),
    'Runs that were looked at while a model was made flatter it; models/clstm/README.md says which were.',
    'The lab has few servers and tools: figures of a real cluster will be worse. Families that were never in training are',
    'not counted here.',
    '',
  ].join('\n');
}

function rowOf(name: string, group: readonly RunResult[]): string {
  const attacks = group.filter(({ family }) => family !== null);
  const delays = group.flatMap(({ delayS }) => (delayS === null ? [] : [delayS]));
  const alarms = group.reduce((sum, { falseAlarms }) => sum + falseAlarms.length, 0);
  const found =
    attacks.length > 0 ? `${attacks.filter(({ found: isFound }) => isFound).length} of ${attacks.length}` : '-';
  return `| ${name} | ${group.length} | ${found} | ${inSeconds(delays, 0.5)} | ${inSeconds(delays, 0.95)} | ${alarms} |`;
}

function inSeconds(delays: readonly number[], quantile: number): string {
  return delays.length > 0 ? quantileOf(delays, quantile).toFixed(2) : '-';
}

function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(quantile * sorted.length) - 1)];
}

function belowFloor(
  all: readonly RunResult[],
  { recall, falseAlarmsPerRun, delayMedianS, delayP95S }: Floor,
): string[] {
  const failures: string[] = [];
  for (const family of FAMILIES) {
    const attacks = all.filter((result) => result.family === family);
    const least = recall[family];
    if (least === undefined || attacks.length === 0) continue;
    const reached = attacks.filter(({ found }) => found).length / attacks.length;
    if (reached < least) failures.push(`recall of ${family} is ${reached.toFixed(2)}, floor ${least}`);
  }
  const alarms = all.reduce((sum, { falseAlarms }) => sum + falseAlarms.length, 0) / all.length;
  if (alarms > falseAlarmsPerRun) failures.push(`${alarms.toFixed(3)} false alarms a run, floor ${falseAlarmsPerRun}`);
  const delays = all.flatMap(({ delayS }) => (delayS === null ? [] : [delayS]));
  for (const [name, quantile, most] of [
    ['median', 0.5, delayMedianS],
    ['p95', 0.95, delayP95S],
  ] as const) {
    const reached = delays.length > 0 ? quantileOf(delays, quantile) : 0;
    if (reached > most) failures.push(`delay ${name} is ${reached.toFixed(2)} s, floor ${most} s`);
  }
  return failures;
}
