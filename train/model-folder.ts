import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SideCalibration } from '#detection/calibration.ts';
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

/** Writes calibration.json for the model with this SHA-256. */
export async function writeCalibration(
  directory: string,
  modelSha256: string,
  sides: { readonly client: SideCalibration; readonly server: SideCalibration },
): Promise<void> {
  await writeJson(directory, 'calibration.json', { modelSha256, contractHash: FEATURE_CONTRACT.hash, ...sides });
}

async function writeJson(directory: string, name: string, value: unknown): Promise<void> {
  await writeFile(join(directory, name), `${JSON.stringify(value, null, 2)}\n`);
}
