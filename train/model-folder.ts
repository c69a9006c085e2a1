import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { forEachClass } from '#core/entity-class.ts';
import { Calibration } from '#detection/calibration.ts';
import type { ModelCard } from '#detection/model.ts';
import type { NetworkShape, Weights } from './network.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { encodeOnnx } from './onnx-model.ts';

export interface TrainedModel {
  readonly shape: NetworkShape;
  readonly weights: Weights;
  readonly families: ModelCard['families'];
  readonly seed: number;
  readonly trainedAt: string;
  readonly data: string;
}

/** Writes model.onnx, model.json and contract.json; returns the SHA-256 of model.onnx, which calibration.json names. */
export async function writeModel(directory: string, model: TrainedModel): Promise<string> {
  await mkdir(directory, { recursive: true });
  const bytes = encodeOnnx(model.shape, model.weights);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const card: ModelCard = {
    families: model.families,
    windowLength: model.shape.windowLength,
    features: model.shape.features,
    sha256,
    seed: model.seed,
    trainedAt: model.trainedAt,
    data: model.data,
  };
  await writeFile(join(directory, 'model.onnx'), bytes);
  await writeJson(directory, 'model.json', card);
  await writeJson(directory, 'contract.json', FEATURE_CONTRACT);
  return sha256;
}

/** Writes calibration.json. */
export async function writeCalibration(directory: string, calibration: Calibration): Promise<void> {
  await writeJson(directory, 'calibration.json', calibration);
}

/** A calibration that knows nothing, so that a fresh model can be loaded to be calibrated. */
export function emptyCalibration(modelSha256: string): Calibration {
  const record = { scores: [], episodes: [] };
  const usual = FEATURE_CONTRACT.features.map(() => ({ median: 0, spread: 1 }));
  return Calibration.parse({
    modelSha256,
    contractHash: FEATURE_CONTRACT.hash,
    hours: forEachClass(() => 0),
    classes: forEachClass(() => ({ model: record, novelty: record, usual })),
  });
}

async function writeJson(directory: string, name: string, value: unknown): Promise<void> {
  await writeFile(join(directory, name), `${JSON.stringify(value, null, 2)}\n`);
}
