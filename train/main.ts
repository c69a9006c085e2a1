/** `npm run train`: from the lab's runs and invented captures to the model in models/clstm. */
import { parseArgs } from 'node:util';
import { orUsage } from './usage.ts';
import { nn, numpy as np } from '@jax-js/jax';
import type { Family } from '#core/family.ts';
import { FAMILIES } from '#core/family.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { splitOf } from '../lab/truth.ts';
import { calibrateSide } from './calibrate.ts';
import { examplesOfInventions, examplesOfRun, readLabRuns } from './dataset.ts';
import type { Example } from './examples.ts';
import { WINDOW_LENGTH } from './examples.ts';
import type { Dataset } from './fit.ts';
import { fit } from './fit.ts';
import { writeCalibration, writeModel } from './model-folder.ts';
import type { NetworkShape, Weights } from './network.ts';
import { forward, toParameters } from './network.ts';
import { createRandom } from './random.ts';

const { values: options } = orUsage('train', () =>
  parseArgs({
    options: {
      runs: { type: 'string', default: 'lab/runs' },
      out: { type: 'string', default: 'models/clstm' },
      seed: { type: 'string', default: '2' },
      epochs: { type: 'string', default: '10' },
      /** Invented captures to train on; a quarter as many more for calibration. */
      inventions: { type: 'string', default: '1200' },
    },
  }),
);

/** Benign windows that may score above the threshold, as a share. */
const ALPHA = 1e-3;
/** Windows kept of each class, side and capture. */
const MOST_OF_RUN = 150;
const MOST_OF_INVENTION = 50;
/** Seeds of inventions for calibration begin here. */
const CALIBRATION_SEEDS = 1_000_000;

const seed = Number(options.seed);
const inventions = Number(options.inventions);
const random = createRandom(seed);

const runs = (await readLabRuns(options.runs)).filter(({ truth }) => splitOf(truth.seed) === 'training');
const inCalibration = (runSeed: number) => [3, 7].includes(runSeed % 10);
const trainingRuns = runs.filter(({ truth }) => !inCalibration(truth.seed));
const calibrationRuns = runs.filter(({ truth }) => inCalibration(truth.seed));
report(`${trainingRuns.length} runs of the lab for training, ${calibrationRuns.length} for calibration`);

const training = [
  ...trainingRuns.flatMap((run) => examplesOfRun(run, MOST_OF_RUN)),
  ...(await examplesOfInventions({ from: 1, count: inventions }, MOST_OF_INVENTION)),
];
const calibration = [
  ...calibrationRuns.flatMap((run) => examplesOfRun(run, MOST_OF_RUN)),
  ...(await examplesOfInventions({ from: CALIBRATION_SEEDS, count: Math.ceil(inventions / 4) }, MOST_OF_INVENTION)),
];
const families = FAMILIES.filter((family) => training.some((example) => example.family === family));
const counts = [null, ...families].map((family) => training.filter((example) => example.family === family).length);
report(
  `${training.length} windows: benign ${counts[0]}, ${families.map((family, i) => `${family} ${counts[i + 1]}`).join(', ')}`,
);

const shape: NetworkShape = {
  windowLength: WINDOW_LENGTH,
  features: FEATURE_CONTRACT.features.length,
  filters: 32,
  hidden: 48,
  dense: 32,
  classes: families.length + 1,
};
const weights = await fit(
  shape,
  toDataset(training, families),
  {
    epochs: Number(options.epochs),
    batch: 256,
    learningRate: 2e-3,
    dropout: 0.2,
    // Square root: rare families count for more than their share, not for as much as the rest.
    classWeights: counts.map((count) => Math.sqrt(training.length / counts.length / count)),
  },
  random,
  (epoch, loss) => report(`epoch ${epoch}: loss ${loss.toFixed(4)}`),
);

const sha256 = await writeModel(options.out, {
  shape,
  weights,
  families,
  seed,
  trainedAt: new Date().toISOString().slice(0, 10),
  data: `${trainingRuns.length} runs of the lab and ${inventions} invented captures`,
});
const probabilities = await classify(shape, weights, toDataset(calibration, families));
reportConfusion(calibration, probabilities, families);
const [client, server] = ([0, 1] as const).map((side) => {
  const benign = calibration
    .map((example, i) => ({ example, score: 1 - probabilities[i][0] }))
    .filter(({ example }) => example.family === null && example.side === side);
  return calibrateSide(
    benign.map(({ example }) => example),
    benign.map(({ score }) => score),
    ALPHA,
  );
});
await writeCalibration(options.out, sha256, { client, server });
report(
  `thresholds: client ${client.threshold} (n ${client.scores.length}), server ${server.threshold} (n ${server.scores.length})`,
);

function toDataset(examples: readonly Example[], known: readonly Family[]): Dataset {
  const size = WINDOW_LENGTH * FEATURE_CONTRACT.features.length;
  const inputs = new Float32Array(examples.length * size);
  examples.forEach((example, i) => inputs.set(example.input, i * size));
  const classes = Uint8Array.from(examples, ({ family }) => (family === null ? 0 : known.indexOf(family) + 1));
  return { count: examples.length, inputs, classes };
}

async function classify(network: NetworkShape, trained: Weights, data: Dataset): Promise<Float32Array[]> {
  const size = network.windowLength * network.features;
  const rows: Float32Array[] = [];
  for (let from = 0; from < data.count; from += 1024) {
    const count = Math.min(1024, data.count - from);
    const windows = np
      .array(data.inputs.slice(from * size, (from + count) * size))
      .reshape([count, network.windowLength, network.features]);
    const flat = await nn.softmax(forward(toParameters(trained), windows, null), 1).data();
    for (let i = 0; i < count; i++)
      rows.push(Float32Array.from(flat.subarray(i * network.classes, (i + 1) * network.classes)));
  }
  return rows;
}

function reportConfusion(examples: readonly Example[], rows: readonly Float32Array[], known: readonly Family[]): void {
  for (const family of [null, ...known]) {
    for (const side of [0, 1] as const) {
      const mine = rows.filter((_, i) => examples[i].family === family && examples[i].side === side);
      if (mine.length === 0) continue;
      const called = [null, ...known].map(
        (other, class_) =>
          `${other ?? 'benign'} ${mine.filter((row) => row.indexOf(Math.max(...row)) === class_).length}`,
      );
      report(
        `calibration, ${side === 0 ? 'client' : 'server'} ${family ?? 'benign'} (${mine.length}): ${called.join(', ')}`,
      );
    }
  }
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
