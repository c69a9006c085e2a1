import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { z } from 'zod';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { FAMILIES } from '#core/family.ts';
import { diffContracts, FeatureContract } from '#core/feature-contract.ts';
import { Calibration } from './calibration.ts';

/** What `models/clstm/model.json` says about the model beside it. */
export const ModelCard = z.strictObject({
  /** The classes after `benign`, in the order of the model's output. */
  families: z.array(z.enum(FAMILIES)).min(1),
  /** Reports in a window. */
  windowLength: z.int().min(1).max(1024),
  features: z.int().min(1),
  sha256: z.string().length(64),
  seed: z.int(),
  trainedAt: z.string(),
  /** What it was trained on, in words. */
  data: z.string(),
});
export type ModelCard = z.infer<typeof ModelCard>;

export interface Model {
  readonly card: ModelCard;
  readonly contract: FeatureContract;
  readonly calibration: Calibration;
  /** Class probabilities (benign first) of `count` windows of windowLength x features scaled values, row by row. */
  classify(windows: Float32Array, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Reads and checks a model folder. Throws `bad-input` naming the file if one is missing, cut short, of another model or
 * made for other features than `contract`.
 */
export async function loadModel(
  modelDir: string,
  { contract, threads }: { contract: FeatureContract; threads: number },
): Promise<Model> {
  const stored = await readJson(modelDir, 'contract.json', FeatureContract);
  const difference = diffContracts(contract, stored);
  if (difference) throw badModel(modelDir, 'contract.json', `it was made for other features: ${difference}`);

  const card = await readJson(modelDir, 'model.json', ModelCard);
  if (card.features !== contract.features.length) {
    throw badModel(
      modelDir,
      'model.json',
      `it counts ${card.features} features, the contract ${contract.features.length}`,
    );
  }
  const bytes = await readModelFile(modelDir, 'model.onnx');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== card.sha256) {
    throw badModel(
      modelDir,
      'model.onnx',
      `its ${bytes.length} bytes are not those model.json describes (cut short or replaced)`,
    );
  }
  const calibration = await readJson(modelDir, 'calibration.json', Calibration);
  if (calibration.modelSha256 !== sha256 || calibration.contractHash !== contract.hash) {
    throw badModel(modelDir, 'calibration.json', 'it was made with another model');
  }
  for (const [name, { usual }] of Object.entries(calibration.classes)) {
    if (usual.length !== card.features) {
      const what = `${name}.usual has ${usual.length} features, the model ${card.features}`;
      throw badModel(modelDir, 'calibration.json', what);
    }
  }

  const session = await openSession(modelDir, bytes, threads);
  return {
    card,
    contract,
    calibration,
    classify: (windows, count) => classify(session, card, windows, count),
    close: () => session.release(),
  };
}

async function classify(
  session: InferenceSession,
  card: ModelCard,
  windows: Float32Array,
  count: number,
): Promise<Float32Array> {
  const size = card.windowLength * card.features;
  const input = new Tensor('float32', windows.subarray(0, count * size), [count, card.windowLength, card.features]);
  const output = (await session.run({ windows: input })).probabilities.data;
  const classes = card.families.length + 1;
  if (!(output instanceof Float32Array) || output.length !== count * classes) {
    throw new KubeSecureError(
      'internal',
      `while judging: the model gave ${output.length} values for ${count} x ${classes}`,
    );
  }
  for (const probability of output) {
    if (!Number.isFinite(probability)) {
      throw new KubeSecureError('internal', 'while judging: the model gave a value that is not a number');
    }
  }
  return output;
}

async function openSession(modelDir: string, bytes: Buffer, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // Warnings of the runtime would go to stderr past the log.
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw badModel(modelDir, 'model.onnx', reasonOf(error), error);
  }
}

async function readJson<T extends z.ZodType>(modelDir: string, name: string, schema: T): Promise<z.infer<T>> {
  const bytes = await readModelFile(modelDir, name);
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw badModel(modelDir, name, `it is not whole JSON (${reasonOf(error)})`, error);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw badModel(modelDir, name, z.prettifyError(parsed.error), parsed.error);
  return parsed.data;
}

async function readModelFile(modelDir: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(modelDir, name));
  } catch (error) {
    throw badModel(modelDir, name, reasonOf(error), error);
  }
}

function badModel(modelDir: string, name: string, what: string, cause?: unknown): KubeSecureError {
  return new KubeSecureError('bad-input', `while loading the model: ${what}, ${join(modelDir, name)}`, { cause });
}
