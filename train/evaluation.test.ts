import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { forEachClass } from '#core/entity-class.ts';
import { createFeatureBatch, type FeatureBatch } from '#core/feature-batch.ts';
import { FeatureContract } from '#core/feature-contract.ts';
import { DetectionConfig } from '#detection/config.ts';
import type { Model } from '#detection/model.ts';
import type { TruthAttack } from '../lab/truth.ts';
import { evaluateCapture, type Judgeable } from './evaluation.ts';

const contract = FeatureContract.parse(JSON.parse(readFileSync('models/clstm/contract.json', 'utf8')));
const ATTACKER = '10.0.0.9';
const VICTIM = '10.0.0.2';
const NEIGHBOUR = '10.0.0.7';
const BEGIN_US = 1e15;

/** Suspects everything, or nothing. */
function modelThatSays(score: number): Model {
  const record = { scores: Array.from({ length: 5000 }, (_, i) => 0.2 - i / 25_000), episodes: [] };
  return {
    card: {
      families: ['port-scan'],
      windowLength: 16,
      features: contract.features.length,
      sha256: '',
      seed: 1,
      trainedAt: '',
      data: '',
    },
    contract,
    calibration: {
      modelSha256: '',
      contractHash: contract.hash,
      hours: forEachClass(() => 1e6),
      classes: forEachClass(() => ({
        model: record,
        novelty: record,
        usual: contract.features.map(() => ({ median: 0, spread: 1 })),
      })),
    },
    classify: (_, count) =>
      Promise.resolve(Float32Array.from({ length: 2 * count }, (__, i) => [1 - score, score][i % 2])),
    close: () => Promise.resolve(),
  };
}

/** `count` flows from one machine to ports of the victim, ten a second. */
function flowsFrom(ip: string, count: number): FeatureBatch {
  const batch = createFeatureBatch(count);
  batch.count = count;
  const bytes = (text: string) => [255, 255, ...text.split('.').map(Number)];
  for (let row = 0; row < count; row++) {
    batch.startUs[row] = BEGIN_US + row * 1e5;
    batch.reportedUs[row] = batch.startUs[row];
    batch.clientAddress.set(bytes(ip), row * 16 + 10);
    batch.serverAddress.set(bytes(VICTIM), row * 16 + 10);
    batch.serverPort[row] = 1000 + row;
    batch.protocol[row] = 6;
  }
  return batch;
}

function captureOf(client: string, attacks: readonly TruthAttack[]): Judgeable {
  const family = attacks[0]?.family ?? null;
  return {
    batches: [flowsFrom(client, 40)],
    truthOfRow: () => ({ family, reversed: false }),
    attacks,
    hosts: [ATTACKER, VICTIM, NEIGHBOUR].map((ip) => ({ role: ip, ip, outside: false })),
  };
}

const scan: TruthAttack = {
  family: 'port-scan',
  startUs: BEGIN_US,
  endUs: BEGIN_US + 4e6,
  packets: 40,
  attackers: [ATTACKER],
  victims: [{ ip: VICTIM, port: null }],
  fiveTuples: [{ src: ATTACKER, srcPort: null, dst: VICTIM, dstPort: null, protocol: 6 }],
};
const settings = DetectionConfig.parse({ novelty: false });

test('an attack is found by an alert on its attacker, with the delay from its first packet', async () => {
  const { attacks, falseAlerts, windows } = await evaluateCapture(
    captureOf(ATTACKER, [scan]),
    modelThatSays(0.999),
    settings,
  );
  expect(attacks).toEqual([
    { family: 'port-scan', found: true, alerts: ['port-scan'], delayS: expect.any(Number) as number },
  ]);
  expect(attacks[0].delayS).toBeGreaterThan(0.4);
  expect(attacks[0].delayS).toBeLessThan(1);
  expect(falseAlerts).toEqual([]);
  expect(windows.length).toBeGreaterThan(3);
  expect(windows.every(({ family }) => family === 'port-scan')).toBe(true);
});

test('without an alert it is not found', async () => {
  const { attacks } = await evaluateCapture(captureOf(ATTACKER, [scan]), modelThatSays(0.01), settings);
  expect(attacks).toEqual([{ family: 'port-scan', found: false, alerts: [], delayS: null }]);
});

test('an alert on somebody who did nothing is a false one, whatever else goes on', async () => {
  const quiet = await evaluateCapture(captureOf(NEIGHBOUR, []), modelThatSays(0.999), settings);
  expect(quiet.falseAlerts.length).toBe(1);
  expect(quiet.falseAlerts[0]).toMatch(/^port-scan client 10\.0\.0\.7:\* with 10\.0\.0\.2:1\d{3}$/);
  const beside = await evaluateCapture(captureOf(NEIGHBOUR, [scan]), modelThatSays(0.999), settings);
  expect(beside.attacks[0].found).toBe(false);
  expect(beside.falseAlerts.length).toBe(1);
});

test('an alert raised long before the attack is no sight of it', async () => {
  const later = { ...scan, startUs: BEGIN_US + 60e6, endUs: BEGIN_US + 70e6 };
  const { attacks, falseAlerts } = await evaluateCapture(captureOf(ATTACKER, [later]), modelThatSays(0.999), settings);
  expect(attacks[0].found).toBe(false);
  expect(falseAlerts.length).toBe(1);
});
