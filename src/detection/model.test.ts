import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FeatureContract, sealContract } from '#core/feature-contract.ts';
import { loadModel } from './model.ts';

const MODEL = 'models/clstm';
let folder: string;
let contract: FeatureContract;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubesecure-model-'));
  await cp(MODEL, folder, { recursive: true });
  contract = FeatureContract.parse(JSON.parse(await readFile(join(MODEL, 'contract.json'), 'utf8')));
});

afterEach(() => rm(folder, { recursive: true }));

const load = (modelDir = folder, expected = contract) => loadModel(modelDir, { contract: expected, threads: 1 });

test('the committed model gives probabilities that add up to one', async () => {
  const model = await load();
  const { windowLength, features, families } = model.card;
  const output = await model.classify(new Float32Array(2 * windowLength * features).fill(0.5), 2);
  expect(output.length).toBe(2 * (families.length + 1));
  expect(output.reduce((sum, value) => sum + value, 0)).toBeCloseTo(2, 4);
  await model.close();
});

test('a model made for other features is refused by the name of the first that differs', async () => {
  const other = sealContract(
    contract.version,
    contract.features.map((feature, i) => (i === 12 ? { ...feature, max: 7 } : feature)),
  );
  await expect(load(folder, other)).rejects.toThrow(
    `while loading the model: it was made for other features: feature 12 "${contract.features[12].name}"`,
  );
});

test('a missing, cut or foreign file is named', async () => {
  await expect(load(join(folder, 'nowhere'))).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/while loading the model: .*ENOENT.*contract\.json/) as string,
  });

  await truncate(join(folder, 'model.onnx'), 20_000);
  await expect(load()).rejects.toThrow(/its 20000 bytes are not those model\.json describes .*model\.onnx/);

  await cp(join(MODEL, 'model.onnx'), join(folder, 'model.onnx'));
  await truncate(join(folder, 'calibration.json'), 100);
  await expect(load()).rejects.toThrow(/not whole JSON .*calibration\.json/);

  const calibration = JSON.parse(await readFile(join(MODEL, 'calibration.json'), 'utf8')) as object;
  await writeFile(join(folder, 'calibration.json'), JSON.stringify({ ...calibration, modelSha256: 'f'.repeat(64) }));
  await expect(load()).rejects.toThrow(/made with another model.*calibration\.json/);
});
