import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Config } from '#config/config.ts';
import { type BenignClass, writeBenignRecord } from '#detection/benign-record.ts';
import { createDrift } from '#detection/drift.ts';
import { writeDriftRecord } from '#detection/drift-record.ts';
import { forEachClass } from '#core/entity-class.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { emptyCalibration, writeCalibration, writeModel } from '../../train/model-folder.ts';
import { initialWeights } from '../../train/network.ts';
import { createRandom } from '../../train/random.ts';
import { modelStatus, modelVersions, recalibrateModel, type RecalibrationRequest, rollBackModel } from './model.ts';

let folder: string;
let modelSha256: string;
let stateDir: string;
let settings: Config;
let said: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubesecure-model-role-'));
  const features = FEATURE_CONTRACT.features.length;
  const shape = { windowLength: 4, features, filters: 2, hidden: 2, dense: 2, classes: 2 };
  modelSha256 = await writeModel(join(folder, 'model'), {
    shape,
    weights: initialWeights(shape, createRandom(1)),
    families: ['port-scan'],
    seed: 1,
    trainedAt: '2026-01-01',
    data: 'none',
  });
  await writeCalibration(join(folder, 'model'), { ...emptyCalibration(modelSha256), hours: forEachClass(() => 500) });
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  stateDir = await mkdtemp(join(folder, 'state-'));
  settings = Config.parse({ detection: { modelDir: join(folder, 'model'), stateDir } });
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

async function record(hours: number, flagged: number[] = [], sha256 = modelSha256): Promise<void> {
  const scores = { scores: [0.2], episodes: [6, 5, 4] };
  const seen: BenignClass = { model: scores, novelty: scores, flagged: { model: flagged, novelty: [] }, hours };
  const [since, until] = ['2026-01-01T00:00:00.000Z', '2026-01-08T00:00:00.000Z'];
  const contractHash = FEATURE_CONTRACT.hash;
  await writeBenignRecord(stateDir, { modelSha256: sha256, contractHash, since, until, classes: { client: seen } });
}

const renew = (changes: Partial<RecalibrationRequest> = {}) =>
  recalibrateModel(settings, {
    reason: 'a new service',
    flagged: null,
    dryRun: false,
    confirmed: true,
    who: 'cli:ann',
    ...changes,
  });

async function current(): Promise<unknown> {
  return JSON.parse(await readFile(join(stateDir, 'calibrations/current'), 'utf8'));
}

test('a calibration is made, put in use, listed, and gone back from', async () => {
  await record(100);
  await renew();
  expect(await current()).toEqual({ version: 1 });
  await renew({ reason: 'again' });
  said = '';
  await modelVersions(settings);
  expect(said).toMatch(
    /^\* {2}2 .*cli:ann {2}from 1, workload-hours client 100: again\n {3}1 .*from shipped.*\n {3}shipped/,
  );

  await rollBackModel(settings, { to: null, reason: '', who: 'cli:ann' });
  expect(await current()).toEqual({ version: 1 });
  await rollBackModel(settings, { to: null, reason: '', who: 'cli:ann' });
  expect(await current()).toEqual({ version: null });
  await expect(rollBackModel(settings, { to: null, reason: '', who: 'cli:ann' })).rejects.toThrow(/in use already/);
  await rollBackModel(settings, { to: 2, reason: '', who: 'cli:ann' });
  expect(await current()).toEqual({ version: 2 });
});

test('a dry run, and a call without --yes, show the numbers and change nothing', async () => {
  await record(100);
  await renew({ dryRun: true });
  await expect(renew({ confirmed: false })).rejects.toMatchObject({ code: 'usage' });
  expect(said).toMatch(/client +model +100\.0 +\d/);
  await expect(current()).rejects.toThrow(/ENOENT/);
});

test('no record, one of another model, and one with too few hours are refused', async () => {
  await expect(renew()).rejects.toMatchObject({ code: 'not-found' });
  await record(100, [], 'f'.repeat(64));
  await expect(renew()).rejects.toThrow(/judged by another model.*benign\.json/);
  await record(23);
  await expect(renew()).rejects.toThrow(/no class has enough hours; nothing was changed/);
  await expect(current()).rejects.toThrow(/ENOENT/);
});

test('where something was flagged, a person must say what it was', async () => {
  await record(100, [9]);
  await expect(renew()).rejects.toThrow(/1 hours .* --flagged attacks .* --flagged ordinary/);
  await renew({ flagged: 'ordinary' });
  expect(JSON.parse(await readFile(join(stateDir, 'calibrations/1/why.json'), 'utf8'))).toMatchObject({
    flaggedWere: 'ordinary',
    reason: 'a new service',
  });
  const made = await readFile(join(stateDir, 'calibrations/1/calibration.json'), 'utf8');
  expect((JSON.parse(made) as { classes: { client: { model: object } } }).classes.client.model).toEqual({
    scores: [0.2],
    episodes: [9, 6, 5, 4],
  });
});

test('a damaged version is named, listed as such, not gone back to, and does not stand in the way of the shipped one', async () => {
  await record(100);
  await renew();
  await truncate(join(stateDir, 'calibrations/1/calibration.json'), 50);
  const named = /calibrations\/1\/calibration\.json/;
  await expect(modelStatus(settings)).rejects.toThrow(named);
  await expect(rollBackModel(settings, { to: 1, reason: '', who: 'x' })).rejects.toThrow(named);
  said = '';
  await modelVersions(settings);
  expect(said).toMatch(/^\* {2}1 +cannot be read: .*calibration\.json/);
  await rollBackModel(settings, { to: 'shipped', reason: '', who: 'x' });
  await modelStatus(settings);
});

test('the status tells model, calibration, record and drift', async () => {
  await modelStatus(settings);
  expect(said).toContain(`SHA-256        ${modelSha256}`);
  expect(said).toContain('judges by      the one that came with the model');
  expect(said).toMatch(/record +none yet[^]*drift +not known/);

  await record(100, [9, 8]);
  await renew({ flagged: 'attacks' });
  const drift = createDrift({ basis: 'x', delta: 0.002, onDrift: () => undefined });
  for (let minute = 0; minute < 1000; minute++) drift.observeScore('client', minute < 700 ? 0.01 : 0.2, minute * 60e6);
  await writeDriftRecord(stateDir, drift.record());
  said = '';
  await modelStatus(settings);
  expect(said).toContain('judges by      calibration 1');
  expect(said).toMatch(/workload-hours client 100, server-dns 500/);
  expect(said).toMatch(/kept apart: 2/);
  expect(said).toMatch(
    /drift +mean score of clients: 0\.20, DRIFTED since 1970-01-01T11:\d\d:00.000Z \(before 0\.010\)/,
  );
});
