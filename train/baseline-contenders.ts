/** The baselines, taught on the windows of the model that they are held against, as detectors at the same budget. */
import { DetectionConfig } from '#detection/config.ts';
import type { Model } from '#detection/model.ts';
import { baselineModel, rawScores, samplesOf } from './baseline-model.ts';
import { createBaselines } from './baselines/list.ts';
import { calibrate } from './calibrate.ts';
import type { Contender } from './evaluate-split.ts';
import { FEW_ENTITIES, WINDOW_LENGTH } from './examples.ts';
import type { SplitProtocol } from './tables/splits.ts';
import { readOrdinaryTraffic, readTrainingSet } from './training-set.ts';

const SEED = 1;
/** Windows that a baseline learns from at most. */
const MOST_SAMPLES = 60_000;
/** Inventions among them; the model has more, but they take minutes to make. */
const INVENTIONS = 600;

/** One contender for each baseline. `like` is a model of the same features; its calibration is not used. */
export async function baselineContenders(like: Model, protocol: SplitProtocol, data: string): Promise<Contender[]> {
  const { features } = like.card;
  const from = { data, protocol, inventions: INVENTIONS };
  const { training } = await readTrainingSet(from);
  const ordinary = await readOrdinaryTraffic(from);
  // What it learned by heart says nothing of ordinary scores, so every fifth window is kept out.
  const learned = training.filter((_, i) => i % 5 > 0);
  const calm = training.filter(({ family }, i) => i % 5 === 0 && family === null).slice(0, MOST_SAMPLES);
  const samples = samplesOf(learned, WINDOW_LENGTH, features, MOST_SAMPLES);
  const contenders: Contender[] = [];
  for (const baseline of createBaselines(SEED)) {
    baseline.fit(samples);
    const inputs = new Float32Array(calm.length * WINDOW_LENGTH * features);
    calm.forEach(({ input }, i) => inputs.set(input, i * WINDOW_LENGTH * features));
    const scores = rawScores(baseline, inputs, calm.length, WINDOW_LENGTH, features);
    const uncalibrated = baselineModel(like, baseline, scores);
    const model = { ...uncalibrated, calibration: await calibrate(uncalibrated, ordinary) };
    contenders.push({
      detector: baseline.name,
      model,
      settings: DetectionConfig.parse({ novelty: false, maxEntities: FEW_ENTITIES }),
      scoreOf: ({ score }) => score,
      names: false,
    });
  }
  return contenders;
}
