import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EvaluationReport } from './evaluation-report.ts';
import { inventReport } from './invented-report.ts';
import { writeReport } from './write-report.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kubesecure-report-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function contentOf(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = files.map(async (path) => [path.slice(folder.length), await readFile(path, 'utf8')] as const);
  return new Map(await Promise.all(texts));
}

test('writes the page, its images and the figures, and twice the same bytes', async () => {
  const report = inventReport(1);
  await writeReport(report, join(directory, 'once'));
  await writeReport(structuredClone(report), join(directory, 'again'));
  const once = await contentOf(join(directory, 'once'));
  expect([...once.keys()].toSorted()).toEqual([
    '/evaluation.json',
    '/evaluation.md',
    '/images/evaluation-attacks.svg',
    '/images/evaluation-delay.svg',
    '/images/evaluation-recall.svg',
    '/images/evaluation-scores.svg',
  ]);
  expect(await contentOf(join(directory, 'again'))).toEqual(once);

  const read = EvaluationReport.parse(JSON.parse(once.get('/evaluation.json') ?? ''));
  expect(read.splits.map(({ split }) => split)).toEqual(report.splits.map(({ split }) => split));
  expect(once.get('/images/evaluation-attacks.svg')).toMatch(/^<svg[^]*slow-read \(held out\)[^]*<\/svg>\n$/);
  expect(once.get('/images/evaluation-delay.svg')).toContain('never');
  for (const [path, svg] of once) if (path.endsWith('.svg')) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

test('a report without figures makes a page without pictures', async () => {
  const empty = { ...inventReport(1), splits: [], overSeeds: [] };
  await writeReport(empty, join(directory, 'empty'));
  const files = await contentOf(join(directory, 'empty'));
  expect([...files.keys()].toSorted()).toEqual(['/evaluation.json', '/evaluation.md']);
  expect(files.get('/evaluation.md')).not.toContain('![');
});

test('a figure that is not a number is refused before anything is written', async () => {
  const broken = structuredClone(inventReport(1));
  const area = broken.splits[0].detectors[0].windows?.areas[0];
  if (area) area.value = NaN;
  await expect(writeReport(broken, join(directory, 'broken'))).rejects.toThrow('areas');
  await expect(readdir(join(directory, 'broken'))).rejects.toThrow('ENOENT');
});
