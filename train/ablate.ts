/** `node train/ablate.ts`: trains the model with one part taken away after the other, and says what each was worth. */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { exitCodeOf, KubeSecureError } from '#core/error.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { measureScores } from './ablations/measure.ts';
import { renderAblations } from './ablations/render-table.ts';
import { type AblationResult, type Circumstances, readResults, writeResults } from './ablations/results.ts';
import { scoreWindows } from './ablations/score-windows.ts';
import { readTestWindows, type TestWindows } from './ablations/test-windows.ts';
import { type Variant, VARIANTS } from './ablations/variants.ts';
import { firstLessons, learn, type Lessons, lessonsOf } from './learn.ts';
import { PROTOCOLS } from './tables/splits.ts';
import { readTrainingSet } from './training-set.ts';
import { orUsage } from './usage.ts';

const options = orUsage('ablate', () => {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: 'data/runs' },
      /** Which runs are for what (data/splits.json). */
      protocol: { type: 'string', default: 'shipped' },
      variants: { type: 'string', default: VARIANTS.map(({ name }) => name).join(',') },
      /** The first is every variant's; the others are for the whole model alone ... */
      seeds: { type: 'string', default: '1,2,3,4,5' },
      /** ... unless this is given. */
      'every-seed': { type: 'boolean', default: false },
      epochs: { type: 'string', default: '8' },
      inventions: { type: 'string', default: '2400' },
      /** Test windows of each side and truth of a run, at most. */
      windows: { type: 'string', default: '400' },
      /** Where results are gathered; what it holds already is not done again. */
      json: { type: 'string' },
    },
  });
  return {
    ...values,
    protocol: oneOf(PROTOCOLS, values.protocol, 'protocol'),
    variants: values.variants.split(',').map((name) => variantNamed(name)),
    seeds: values.seeds.split(',').map((seed) => wholeNumber(seed, '--seeds')),
    epochs: wholeNumber(values.epochs, '--epochs'),
    inventions: wholeNumber(values.inventions, '--inventions'),
    windows: wholeNumber(values.windows, '--windows'),
  };
});

try {
  await ablate();
} catch (error) {
  if (!(error instanceof KubeSecureError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = exitCodeOf(error);
}

async function ablate(): Promise<void> {
  const { json } = options;
  const test = readTestWindows({ data: options.data, protocol: options.protocol, most: options.windows });
  say(`${test.count} test windows of ${test.scenarios.length} runs (${elapsed()})`);
  const { all, lab } = await readLessons();
  say(`${all.data.count} windows to learn from (${elapsed()})`);

  const circumstances = circumstancesOf(all, test);
  const results = readResults(json, circumstances);
  for (const { variant, seed } of trainingsAsked()) {
    if (results.some((result) => result.variant === variant.name && result.seed === seed)) continue;
    results.push(await trainAndMeasure(variant, seed, variant.inventions ? all : lab, test));
    if (json !== undefined) writeResults(json, circumstances, results);
    say(`${variant.name}, seed ${seed}: done (${elapsed()})`);
  }
  process.stdout.write(renderAblations(circumstances, results));
}

function trainingsAsked(): { variant: Variant; seed: number }[] {
  return options.variants.flatMap((variant) => {
    const seeds = options['every-seed'] || variant === VARIANTS[0] ? options.seeds : options.seeds.slice(0, 1);
    return seeds.map((seed) => ({ variant, seed }));
  });
}

async function readLessons(): Promise<{ all: Lessons; lab: Lessons }> {
  const { data, protocol, inventions } = options;
  const { training, labWindows } = await readTrainingSet({ data, protocol, inventions });
  const all = lessonsOf(training);
  return { all, lab: firstLessons(all, labWindows) };
}

async function trainAndMeasure(
  { name, network }: Variant,
  seed: number,
  lessons: Lessons,
  test: TestWindows,
): Promise<AblationResult> {
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  let loss = NaN;
  const { shape, weights } = await learn(network, lessons, {
    epochs: options.epochs,
    seed,
    onEpoch: (epoch, mean) => {
      loss = mean;
      say(`${name}, seed ${seed}, epoch ${epoch}: loss ${mean.toFixed(4)} (${elapsed()})`);
    },
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  const wallS = (performance.now() - began) / 1000;
  const scores = await scoreWindows(network, { shape, weights, families: lessons.families }, test);
  return {
    variant: name,
    seed,
    windows: lessons.data.count,
    loss,
    wallS: Number(wallS.toFixed(1)),
    cpuS: Number(((user + system) / 1e6).toFixed(1)),
    figures: measureScores(scores, test),
  };
}

function circumstancesOf({ data }: Lessons, test: TestWindows): Circumstances {
  return {
    protocol: options.protocol,
    epochs: options.epochs,
    inventions: options.inventions,
    contractHash: FEATURE_CONTRACT.hash,
    trainingWindows: data.count,
    trainingSha256: sha256Of(data.inputs, data.classes),
    testRuns: test.scenarios.length,
    testWindows: test.count,
    ordinaryWindows: test.families.filter((family) => family === null).length,
    testSha256: sha256Of(test.inputs, test.run, Buffer.from(test.families.join())),
  };
}

function sha256Of(...parts: readonly NodeJS.TypedArray[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function variantNamed(name: string): Variant {
  const names = VARIANTS.map((variant) => variant.name);
  return VARIANTS[names.indexOf(oneOf(names, name, 'variant'))];
}

function oneOf<T extends string>(known: readonly T[], name: string, what: string): T {
  const found = known.find((candidate) => candidate === name);
  if (found === undefined) throw new TypeError(`no ${what} "${name}": one of ${known.join(', ')}`);
  return found;
}

function wholeNumber(text: string, what: string): number {
  if (!/^\d+$/.test(text)) throw new TypeError(`${what}: "${text}" is not a whole number`);
  return Number(text);
}

function elapsed(): string {
  return `${Math.round(performance.now() / 1000)} s`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
