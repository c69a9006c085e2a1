import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { extractRun } from './extract-run.ts';
import { sampleRun } from './sample-run.ts';
import { removeTablesBut, writeSummary } from './summary.ts';

const FAST = { quality: 1 };

test('the summary counts runs, rows and attacks by scenario, and pruned tables are gone from it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-summary-'));
  try {
    const { header } = await extractRun(sampleRun('attack'), folder, FAST);
    await extractRun(sampleRun('busy-day'), folder, FAST);
    const path = join(folder, 'summary.json');
    const both = await writeSummary(folder, path);
    expect(both.runs).toBe(2);
    expect(both.attacks).toBe(3);
    expect(both.scenarios['attack (lab a)'].rows).toBe(header.captures[0].rows);
    expect(both.scenarios['busy-day (lab a)'].attackPackets).toBe(0);
    expect(both.scenarios['busy-day (lab a)'].cropsWithAttack).toBe(0);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(both);

    expect(await removeTablesBut(folder, ['attack'])).toEqual(['busy-day.flows']);
    expect((await writeSummary(folder, path)).runs).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
