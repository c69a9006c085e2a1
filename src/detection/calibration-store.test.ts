import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forEachClass } from '#core/entity-class.ts';
import { Calibration } from './calibration.ts';
import {
  addVersion,
  chooseVersion,
  type HistoryLine,
  listVersions,
  readCurrentCalibration,
  readWhy,
  type Why,
} from './calibration-store.ts';

const AT = '2026-01-01T00:00:00.000Z';
const scores = { scores: [0.2, 0.1], episodes: [3] };
const classes = forEachClass(() => ({ model: scores, novelty: scores, usual: [{ median: 0, spread: 1 }] }));
const shipped = Calibration.parse({ modelSha256: 'm1', contractHash: 'c1', hours: forEachClass(() => 500), classes });
const why: Why = {
  who: 'cli:ann',
  at: AT,
  reason: 'a new service',
  from: null,
  recordSha256: 'r',
  since: AT,
  until: AT,
  flaggedWere: 'none',
  hours: { client: 100 },
};

let stateDir: string;
beforeEach(async () => {
  stateDir = join(await mkdtemp(join(tmpdir(), 'kubesecure-calibrations-')), 'detection');
});
afterEach(() => rm(join(stateDir, '..'), { recursive: true }));

function made(modelSha256 = 'm1', clientHours = 100): Calibration {
  const hours = forEachClass((name) => (name === 'client' ? clientHours : 500));
  return Calibration.parse({ modelSha256, contractHash: 'c1', hours, classes });
}

const choose = (to: number | null, changes: Partial<HistoryLine> = {}) =>
  chooseVersion(stateDir, { at: AT, who: 'cli:ann', action: 'recalibrate', from: null, to, reason: '', ...changes });

test('without a state folder the shipped calibration is in use', async () => {
  const inUse = await readCurrentCalibration(stateDir, shipped);
  expect(inUse).toMatchObject({ calibration: shipped, version: null, notice: null });
  expect(await listVersions(stateDir)).toEqual([]);
});

test('a version is in use once it is chosen, and not before', async () => {
  expect(await addVersion(stateDir, made(), why)).toBe(1);
  expect((await readCurrentCalibration(stateDir, shipped)).version).toBeNull();
  await choose(1);
  const { version, calibration } = await readCurrentCalibration(stateDir, shipped);
  expect(version).toBe(1);
  expect(calibration).toEqual(made());
  expect(await readWhy(stateDir, 1)).toEqual(why);
});

test('versions are numbered on, and every choice is in the history', async () => {
  for (const number of [1, 2, 3]) expect(await addVersion(stateDir, made('m1', number), why)).toBe(number);
  await choose(3, { reason: 'because' });
  await choose(1, { action: 'rollback', from: 3 });
  await choose(null, { action: 'rollback', from: 1 });
  expect(await listVersions(stateDir)).toEqual([1, 2, 3]);
  expect((await readCurrentCalibration(stateDir, shipped)).version).toBeNull();
  const lines = (await readFile(join(stateDir, 'calibrations/history.jsonl'), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { who: 'cli:ann', action: 'recalibrate', from: null, to: 3, reason: 'because' },
    { action: 'rollback', from: 3, to: 1 },
    { action: 'rollback', from: 1, to: null },
  ]);
});

test('a version of another model is left alone, with a notice', async () => {
  await addVersion(stateDir, made('m0'), why);
  await choose(1);
  const { version, calibration, notice } = await readCurrentCalibration(stateDir, shipped);
  expect([version, calibration]).toEqual([null, shipped]);
  expect(notice).toMatch(/calibration 1 was made with another model/);
});

test.each([
  ['cut short', (file: string) => truncate(file, 100), 'JSON'],
  ['missing', (file: string) => rm(file), 'no such version'],
  ['something else', (file: string) => writeFile(file, '{"modelSha256": 7}'), 'modelSha256'],
])('a version file that is %s is an error that names it and the way out', async (_, damage, said) => {
  await addVersion(stateDir, made(), why);
  await choose(1);
  await damage(join(stateDir, 'calibrations/1/calibration.json'));
  const failure = await readCurrentCalibration(stateDir, shipped).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: said === 'no such version' ? 'not-found' : 'bad-input',
    message: expect.stringContaining('kubesecure model rollback --to shipped') as string,
  });
  expect(String(failure)).toContain(said);
  expect(String(failure)).toMatch(/calibration 1|calibrations\/1\/calibration\.json/);
});

test('a `current` that is cut short is an error that names it', async () => {
  await mkdir(join(stateDir, 'calibrations'), { recursive: true });
  await writeFile(join(stateDir, 'calibrations/current'), '{"ver');
  await expect(readCurrentCalibration(stateDir, shipped)).rejects.toThrow(/JSON.*calibrations\/current/);
  await choose(null);
  expect((await readCurrentCalibration(stateDir, shipped)).version).toBeNull();
});

test('two at once do not take the same number', async () => {
  const results = await Promise.allSettled([addVersion(stateDir, made(), why), addVersion(stateDir, made(), why)]);
  const numbers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
});

test('nothing is left half written, and only the owner may read it', async () => {
  await addVersion(stateDir, made(), why);
  await choose(1);
  const folder = join(stateDir, 'calibrations');
  expect((await readdir(folder)).toSorted()).toEqual(['1', 'current', 'history.jsonl']);
  expect((await readdir(join(folder, '1'))).toSorted()).toEqual(['calibration.json', 'why.json']);
  for (const name of ['1/calibration.json', '1/why.json', 'current', 'history.jsonl']) {
    expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
  }
});
