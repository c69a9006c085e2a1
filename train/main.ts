/** `npm run train`: from the tables in `data/` and invented captures to a model, its calibration and contract. */
import { parseArgs } from 'node:util';
import { loadModel } from '#detection/model.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { calibrate } from './calibrate.ts';
import { learn, lessonsOf } from './learn.ts';
import { emptyCalibration, writeCalibration, writeModel } from './model-folder.ts';
import { CLSTM } from './network.ts';
import { PROTOCOLS, type SplitProtocol } from './tables/splits.ts';
import { readOrdinaryTraffic, readTrainingSet } from './training-set.ts';
import { orUsage } from './usage.ts';

const { values: options } = orUsage('train', () =>
  parseArgs({
    options: {
      data: { type: 'string', default: 'data/runs' },
      out: { type: 'string', default: 'models/clstm' },
      /** Which runs are for what (data/splits.json). */
      protocol: { type: 'string', default: 'shipped' },
      seed: { type: 'string', default: '1' },
      epochs: { type: 'string', default: '8' },
      /** Invented captures to train on; a third as many more for calibration. */
      inventions: { type: 'string', default: '2400' },
      /** Leaves the network as it is, and makes its calibration again. */
      'calibrate-only': { type: 'boolean', default: false },
    },
  }),
);

const protocol = orUsage('train', () => protocolNamed(options.protocol));
const inventions = Number(options.inventions);
const from = { data: options.data, protocol, inventions };

if (!options['calibrate-only']) await trainModel(Number(options.seed));
const model = await loadModel(options.out, { contract: FEATURE_CONTRACT, threads: 1 });
await writeCalibration(options.out, await calibrate(model, await readOrdinaryTraffic(from)));
await model.close();
report(`done after ${seconds()} s`);

async function trainModel(seed: number): Promise<void> {
  const { training, runs } = await readTrainingSet(from);
  const lessons = lessonsOf(training);
  const { families, counts } = lessons;
  report(
    `${runs} runs, ${inventions} inventions, ${training.length} windows: benign ${counts[0]}, ` +
      families.map((family, i) => `${family} ${counts[i + 1]}`).join(', '),
  );
  const { shape, weights } = await learn(CLSTM, lessons, {
    epochs: Number(options.epochs),
    seed,
    onEpoch: (epoch, loss) => report(`epoch ${epoch}: loss ${loss.toFixed(4)} (${seconds()} s)`),
  });
  const sha256 = await writeModel(options.out, {
    shape,
    weights,
    families: [...families],
    seed,
    trainedAt: new Date().toISOString().slice(0, 10),
    data: `${runs} runs of the lab (split "${protocol}") and ${inventions} invented captures`,
  });
  await writeCalibration(options.out, emptyCalibration(sha256));
}

function protocolNamed(name: string): SplitProtocol {
  const known = PROTOCOLS.find((candidate) => candidate === name);
  if (known === undefined) throw new TypeError(`no protocol "${name}": one of ${PROTOCOLS.join(', ')}`);
  return known;
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Since the program's start. */
function seconds(): number {
  return Math.round(performance.now() / 1000);
}
