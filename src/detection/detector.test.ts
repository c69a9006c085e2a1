import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { forEachClass } from '#core/entity-class.ts';
import { CIC_WIDTH, createFeatureBatch, type FeatureBatch } from '#core/feature-batch.ts';
import { FeatureContract } from '#core/feature-contract.ts';
import { silentLog } from '#core/log.ts';
import { Calibration } from './calibration.ts';
import { DetectionConfig } from './config.ts';
import { createDetector, type Detector, type DetectorOptions } from './detector.ts';
import type { Model } from './model.ts';

const contract = FeatureContract.parse(JSON.parse(readFileSync('models/clstm/contract.json', 'utf8')));

const hoursOf = (hours: number) => forEachClass(() => hours);

/** A model that says the same of every window, calibrated on ordinary traffic that it never suspected. */
function modelThatSays(score: number): Model {
  const scores = Array.from({ length: 5000 }, (_, i) => 0.2 - i / 25_000);
  const record = { scores, episodes: [] };
  const usual = contract.features.map(() => ({ median: 0, spread: 1 }));
  const classes = forEachClass(() => ({ model: record, novelty: record, usual }));
  const families = ['port-scan', 'syn-flood'] as const;
  return {
    card: {
      families: [...families],
      windowLength: 16,
      features: contract.features.length,
      sha256: 'a'.repeat(64),
      seed: 1,
      trainedAt: '',
      data: '',
    },
    contract,
    calibration: Calibration.parse({
      modelSha256: 'a'.repeat(64),
      contractHash: contract.hash,
      hours: hoursOf(1e6),
      classes,
    }),
    classify: (_, count) =>
      Promise.resolve(Float32Array.from({ length: count * 3 }, (__, i) => [1 - score, score, 0][i % 3])),
    close: () => Promise.resolve(),
  };
}

function start(
  settings: Partial<DetectionConfig> = {},
  { score = 0.999, ...rest }: Partial<DetectorOptions> & { score?: number } = {},
): Detector {
  const parsed = DetectionConfig.parse({ novelty: false, ...settings });
  return createDetector({ model: modelThatSays(score), settings: parsed, log: silentLog, ...rest });
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

test('an entity is judged at most once in 500 ms of packet time, from its third report on', async () => {
  const detector = start();
  const verdicts = [...(await detector.observe(flows(40))), ...(await detector.finish())];
  const clients = verdicts.filter(({ entity }) => entity.side === 'client');

  expect(clients.length).toBe(8);
  const times = clients.map(({ atUs }) => atUs);
  for (let i = 1; i < times.length - 1; i++) expect(times[i] - times[i - 1]).toBeGreaterThanOrEqual(500_000);
  expect(clients[0]).toMatchObject({
    entity: { side: 'client', ip: '10.0.0.1', port: null, workload: null },
    family: 'port-scan',
    firstUs: 1e15,
    flows: 7,
    peers: [{ ip: '10.0.0.2', port: 80, flows: 7 }],
  });
  expect(clients.reduce((sum, { flows: fresh }) => sum + fresh, 0)).toBe(40);
  expect(verdicts.find(({ entity }) => entity.side === 'server')).toMatchObject({
    entity: { side: 'server', ip: '10.0.0.2', port: 80 },
    peers: [{ ip: '10.0.0.1', port: null, flows: 7 }],
  });
});

test('a verdict carries its evidence and threshold as shares, a p-value that the calibration supports, and reasons', async () => {
  const [verdict] = await start().observe(flows(40));
  expect(verdict.score).toBeGreaterThan(verdict.threshold);
  expect(verdict.threshold).toBeCloseTo(Math.log(50) / (Math.log(50) + 6));
  expect(verdict.pValue).toBe(1 / 5001);
  expect(verdict.reasons.length).toBeGreaterThan(0);
  expect(verdict.reasons.length).toBeLessThanOrEqual(5);
  expect(new Set(verdict.reasons.map(({ feature }) => feature)).size).toBe(verdict.reasons.length);
  for (const { value, usual } of verdict.reasons) expect(Number.isFinite(value + usual)).toBe(true);
});

test('windows that the model hardly suspects never add up to a verdict', async () => {
  expect(await start({}, { score: 0.5 }).observe(flows(400))).toEqual([]);
});

test('windows that it suspects a little do, once there are enough of them', async () => {
  const detector = start({}, { score: 0.9 });
  expect(await detector.observe(flows(10))).toEqual([]);
  expect((await detector.observe(flows(40, { fromS: 1 }))).length).toBeGreaterThan(0);
});

test('a larger budget of false alerts needs no more evidence than a small one', async () => {
  const model = modelThatSays(0.9);
  const episodes = Array.from({ length: 500 }, (_, i) => 9 - i / 100);
  model.calibration.classes.client.model.episodes.push(...episodes);
  model.calibration.classes['server-web'].model.episodes.push(...episodes);
  const countVerdicts = async (falseAlertsPerDay: number) =>
    (
      await start(
        { falseAlertsPerDay },
        { model: { ...model, calibration: { ...model.calibration, hours: hoursOf(24_000) } } },
      ).observe(flows(200))
    ).length;
  expect(await countVerdicts(1000)).toBeGreaterThan(await countVerdicts(1));
});

/** Every window lies further from usual than any of the calibration's did. */
function modelThatKnowsOnlyCalm(): Model {
  const model = modelThatSays(0.01);
  const scores = Array.from({ length: 5000 }, (_, i) => 1 - i / 5000);
  for (const entry of Object.values(model.calibration.classes)) entry.novelty.scores = scores;
  return model;
}

function oddFlows(fromS: number): FeatureBatch {
  const batch = flows(60, { fromS });
  batch.clientContext.fill(1000);
  return batch;
}

test('traffic far from what a workload did is a verdict of unknown, though the model does not suspect it', async () => {
  const detector = start({ novelty: true }, { model: modelThatKnowsOnlyCalm() });
  expect(await detector.observe(flows(700))).toEqual([]);
  const [verdict] = await detector.observe(oddFlows(71));
  expect(verdict).toMatchObject({ family: 'unknown', entity: { side: 'client' } });
});

test('novelty says nothing before a workload is known, nor when it is switched off', async () => {
  const cold = start({ novelty: true }, { model: modelThatKnowsOnlyCalm() });
  await cold.observe(flows(300));
  expect(await cold.observe(oddFlows(31))).toEqual([]);
  const off = start({ novelty: false }, { model: modelThatKnowsOnlyCalm() });
  await off.observe(flows(700));
  expect(await off.observe(oddFlows(71))).toEqual([]);
});

test('a workload known by name keeps its baseline when its address changes, and over a restart', async () => {
  const workloadOf = (ip: string) => (ip.startsWith('10.0.0.') && ip !== '10.0.0.2' ? 'shop/deployment/web' : null);
  const first = start({ novelty: true }, { score: 0.01, workloadOf });
  await first.observe(flows(400, { client: 1 }));
  await first.observe(flows(400, { client: 7, fromS: 50 }));
  const stored = first.baselines();
  expect(Object.keys(stored.entities).toSorted()).toEqual(['client shop/deployment/web', 'server 10.0.0.2:80/6']);
  expect(stored.entities['client shop/deployment/web'].windows).toBeGreaterThan(60);
  const second = start({ novelty: true }, { score: 0.01, workloadOf, baselines: stored });
  expect(second.baselines()).toEqual(stored);
});

test('what is flagged never teaches', async () => {
  const detector = start({ novelty: true });
  await detector.observe(flows(400));
  expect(detector.baselines().entities).toEqual({});
});

test('an entity with a single flow is never judged, unless the flow has many packets', async () => {
  const few = start();
  await few.observe(flows(1));
  await few.finish();
  expect(few.stats().judged).toBe(0);

  const batch = flows(1);
  batch.cic[1] = 5000;
  const many = start();
  await many.observe(batch);
  await many.finish();
  expect(many.stats().judged).toBe(2);
});

test('entities are bounded and those pushed out are counted', async () => {
  const detector = start({ maxEntities: 64 });
  for (let client = 1; client <= 1000; client++) await detector.observe(flows(1, { client }));
  expect(detector.stats()).toMatchObject({ entities: 64, evicted: 2001 - 64 });
});

test('features that are no numbers are counted and judged as 0', async () => {
  const batch = flows(8);
  batch.cic[0] = NaN;
  batch.clientContext[3] = Infinity;
  const detector = start({ minReports: 8 });
  await detector.observe(batch);
  await detector.finish();
  expect(detector.stats().notFinite).toBe(3);
});

test('the batch is free again as soon as observe returns, and overlapping calls keep their order', async () => {
  const detector = start();
  const batch = flows(40);
  const first = detector.observe(batch);
  batch.serverAddress.fill(9);
  batch.count = 0;
  const second = detector.observe(flows(40, { fromS: 10 }));
  const times = [...(await first), ...(await second)].map(({ atUs }) => atUs);
  expect((await first)[0].peers[0].ip).toBe('10.0.0.2');
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('time that runs backwards loses nothing and ends in finite verdicts', async () => {
  const detector = start();
  await detector.observe(flows(40, { fromS: 100 }));
  const verdicts = [...(await detector.observe(flows(40))), ...(await detector.finish())];
  expect(verdicts.length).toBeGreaterThan(0);
  for (const { atUs, score } of verdicts) expect(Number.isFinite(atUs + score)).toBe(true);
});
