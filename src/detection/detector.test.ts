import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CIC_WIDTH, createFeatureBatch, type FeatureBatch } from '#core/feature-batch.ts';
import { FeatureContract, sealContract } from '#core/feature-contract.ts';
import { silentLog } from '#core/log.ts';
import { DetectionConfig } from './config.ts';
import { createDetector, type Detector } from './detector.ts';

const MODEL = 'models/clstm';
const open: Detector[] = [];
let folder: string;
let contract: FeatureContract;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubesecure-model-'));
  await cp(MODEL, folder, { recursive: true });
  contract = FeatureContract.parse(JSON.parse(await readFile(join(MODEL, 'contract.json'), 'utf8')));
});

afterEach(async () => {
  for (const detector of open.splice(0)) await detector.close();
  await rm(folder, { recursive: true });
});

async function start(
  settings: Partial<DetectionConfig> = {},
  modelDir = folder,
  expected = contract,
): Promise<Detector> {
  const parsed = DetectionConfig.parse({ modelDir, ...settings });
  const detector = await createDetector({ modelDir, contract: expected, settings: parsed, log: silentLog });
  open.push(detector);
  return detector;
}

/** `count` flows of client 10.0.0.`client` to 10.0.0.2:80, a tenth of a second apart. */
function flows(count: number, { client = 1, fromS = 0, report = 0 } = {}): FeatureBatch {
  const batch = createFeatureBatch(count);
  batch.count = count;
  for (let row = 0; row < count; row++) {
    batch.startUs[row] = (fromS + row / 10) * 1e6 + 1e15;
    batch.reportedUs[row] = batch.startUs[row];
    batch.clientAddress.set([255, 255, 10, 0, client >> 8, client & 255], row * 16 + 10);
    batch.serverAddress.set([255, 255, 10, 0, 0, 2], row * 16 + 10);
    batch.serverPort[row] = 80;
    batch.protocol[row] = 6;
    batch.report[row] = report;
    batch.cic[row * CIC_WIDTH + 1] = 1;
  }
  return batch;
}

const everything = { threshold: 0, evidence: 1 };

test('an entity is judged at most once in 500 ms of packet time, from its fifth report on', async () => {
  const detector = await start(everything);
  const verdicts = [...(await detector.observe(flows(40))), ...(await detector.finish())];
  const clients = verdicts.filter(({ entity }) => entity.side === 'client');

  expect(clients.length).toBe(8);
  const times = clients.map(({ atUs }) => atUs);
  for (let i = 1; i < times.length - 1; i++) expect(times[i] - times[i - 1]).toBeGreaterThanOrEqual(500_000);
  expect(clients[0]).toMatchObject({
    entity: { side: 'client', ip: '10.0.0.1', port: null, workload: null },
    firstUs: 1e15,
    flows: 9,
    peers: [{ ip: '10.0.0.2', port: 80, flows: 9 }],
  });
  expect(clients.reduce((sum, { flows: fresh }) => sum + fresh, 0)).toBe(40);
  expect(verdicts.find(({ entity }) => entity.side === 'server')).toMatchObject({
    entity: { side: 'server', ip: '10.0.0.2', port: 80 },
    peers: [{ ip: '10.0.0.1', port: null, flows: 9 }],
  });
});

test('a verdict says at most five reasons with finite values, and a p-value that its calibration supports', async () => {
  const detector = await start(everything);
  const [verdict] = await detector.observe(flows(40));
  expect(verdict.reasons.length).toBeGreaterThan(0);
  expect(verdict.reasons.length).toBeLessThanOrEqual(5);
  expect(new Set(verdict.reasons.map(({ feature }) => feature)).size).toBe(verdict.reasons.length);
  for (const { value, usual } of verdict.reasons) expect(Number.isFinite(value + usual)).toBe(true);
  expect(verdict.pValue).toBeGreaterThan(0);
  expect(verdict.pValue).toBeLessThanOrEqual(1);
});

test('an entity with a single flow is never judged, unless the flow has many packets', async () => {
  const few = await start(everything);
  await few.observe(flows(1));
  expect(await few.finish()).toEqual([]);

  const batch = flows(1);
  batch.cic[1] = 5000;
  const many = await start(everything);
  await many.observe(batch);
  expect((await many.finish()).length).toBe(2);
});

test('entities are bounded and those pushed out are counted', async () => {
  const detector = await start({ maxEntities: 64 });
  for (let client = 1; client <= 1000; client++) await detector.observe(flows(1, { client }));
  expect(detector.stats()).toMatchObject({ entities: 64, evicted: 1001 - 64 });
});

test('features that are no numbers are counted and judged as 0', async () => {
  const batch = flows(8);
  batch.cic[0] = NaN;
  batch.clientContext[3] = Infinity;
  const detector = await start(everything);
  await detector.observe(batch);
  await detector.finish();
  expect(detector.stats().notFinite).toBe(3);
});

test('the batch is free again as soon as observe returns, and overlapping calls keep their order', async () => {
  const detector = await start(everything);
  const batch = flows(40);
  const first = detector.observe(batch);
  batch.serverAddress.fill(9);
  batch.count = 0;
  const second = detector.observe(flows(40, { fromS: 10 }));
  const times = [...(await first), ...(await second)].map(({ atUs }) => atUs);
  expect((await first)[0].peers[0].ip).toBe('10.0.0.2');
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('a model made for other features is refused by the name of the first that differs', async () => {
  const other = sealContract(
    contract.version,
    contract.features.map((feature, i) => (i === 12 ? { ...feature, max: 7 } : feature)),
  );
  await expect(start({}, folder, other)).rejects.toThrow(
    `while loading the model: it was made for other features: feature 12 "${contract.features[12].name}"`,
  );
});

test('a missing, cut or foreign file is named', async () => {
  await expect(start({}, join(folder, 'nowhere'))).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/while loading the model: .*ENOENT.*contract\.json/) as string,
  });

  await truncate(join(folder, 'model.onnx'), 20_000);
  await expect(start()).rejects.toThrow(/its 20000 bytes are not those model\.json describes .*model\.onnx/);

  await cp(join(MODEL, 'model.onnx'), join(folder, 'model.onnx'));
  await truncate(join(folder, 'calibration.json'), 100);
  await expect(start()).rejects.toThrow(/not whole JSON .*calibration\.json/);

  const calibration = JSON.parse(await readFile(join(MODEL, 'calibration.json'), 'utf8')) as object;
  await writeFile(join(folder, 'calibration.json'), JSON.stringify({ ...calibration, modelSha256: 'f'.repeat(64) }));
  await expect(start()).rejects.toThrow(/made with another model.*calibration\.json/);
});
