/**
 * How many windows the whole detection stage judges in a second of processor time (rows into windows, scaling, model,
 * evidence, verdicts), and what memory it takes, by the number of entities. `node bench/detection.ts [--model DIR]
 * [--rows N] [--runs N] [ENTITIES ...]`. Each run is a process of its own; the one of median time is printed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { createFeatureBatch, type FeatureBatch } from '#core/feature-batch.ts';
import { silentLog } from '#core/log.ts';
import { DetectionConfig } from '#detection/config.ts';
import { createDetector } from '#detection/detector.ts';
import { loadModel } from '#detection/model.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { modelFolder } from '#roles/package-files.ts';
import { BATCH_ROWS } from '#roles/row-writer.ts';
import { createRowMultiplier, readSampleRows } from './entity-rows.ts';
import { machineLine } from './machine.ts';
import { memoryOf } from './process-tree.ts';
import { startTable } from './table.ts';

const Result = z.object({
  entities: z.number(),
  held: z.number(),
  evicted: z.number(),
  rows: z.number(),
  judged: z.number(),
  verdicts: z.number(),
  cpuSeconds: z.number(),
  /** MiB: before the first row, after half of them, at the end, and at most. */
  before: z.number(),
  half: z.number(),
  end: z.number(),
  most: z.number(),
});
type Result = z.infer<typeof Result>;

/** An entity that is seen more rarely than that is hardly ever judged. */
const LEAST_ROWS_OF_ENTITY = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string' },
    rows: { type: 'string', default: '200000' },
    runs: { type: 'string', default: '3' },
    // How a run starts itself: with the rows in this file, so that the packet path takes no memory there.
    'rows-in': { type: 'string' },
  },
});
const sizes = positionals.length === 0 ? [100, 1000, 10_000, 100_000] : positionals.map(Number);
const rowsIn = values['rows-in'];

if (rowsIn === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-bench-'));
  try {
    const file = join(folder, 'rows');
    writeFileSync(file, serialize(readSampleRows()));
    measureAll(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
} else {
  const [entities] = sizes;
  const rows = Math.max(Number(values.rows), entities * LEAST_ROWS_OF_ENTITY);
  const samples = deserialize(readFileSync(rowsIn)) as FeatureBatch;
  process.stdout.write(JSON.stringify(await judgeMany(samples, entities, rows)));
}

function measureAll(file: string): void {
  process.stdout.write(`${machineLine()}\n\n`);
  const columns = ['entities', 'held', 'evicted', 'rows', 'windows', 'verdicts', 'CPU s', 'rows/s', 'windows/s'];
  const memory = ['MiB before', 'half', 'end', 'at most'];
  const table = startTable([...columns, ...memory].map((title) => ({ title, width: 9, isNumber: true })));
  for (const entities of sizes) table.row(cellsOf(medianOf(file, entities)));
}

/** The run with the median processor time. */
function medianOf(file: string, entities: number): Result {
  const results = Array.from({ length: Number(values.runs) }, () => {
    const model = values.model === undefined ? [] : ['--model', values.model];
    const args = [import.meta.filename, '--rows-in', file, '--rows', values.rows, ...model, String(entities)];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`while measuring ${entities} entities: ${stderr}`);
    return Result.parse(JSON.parse(stdout));
  });
  return results.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)[results.length >> 1];
}

function cellsOf(result: Result): string[] {
  const { entities, held, evicted, rows, judged, verdicts, cpuSeconds, most, before, half, end } = result;
  const count = (value: number) => Math.round(value).toLocaleString('en-US');
  return [
    ...[entities, held, evicted, rows, judged, verdicts].map(count),
    cpuSeconds.toFixed(2),
    count(rows / cpuSeconds),
    count(judged / cpuSeconds),
    ...[before, half, end, most].map(count),
  ];
}

/** Rows of the samples, played by as many hosts as make so many entities, all at once. */
async function judgeMany(samples: FeatureBatch, entities: number, rows: number): Promise<Result> {
  const detection = DetectionConfig.parse(values.model === undefined ? {} : { modelDir: values.model });
  const model = await loadModel(modelFolder(detection.modelDir), { contract: FEATURE_CONTRACT, threads: 1 });
  const detector = createDetector({ model, settings: detection, log: silentLog });
  const multiplier = createRowMultiplier(samples, entities);
  const batch = createFeatureBatch(BATCH_ROWS);
  const before = residentMib().nowMib;
  let half = 0;
  let cpuMicros = 0;
  for (let fed = 0; fed < rows; fed += batch.count) {
    multiplier.fill(batch);
    const start = process.cpuUsage();
    await detector.observe(batch);
    const { user, system } = process.cpuUsage(start);
    cpuMicros += user + system;
    if (half === 0 && fed >= rows / 2) half = residentMib().nowMib;
  }
  const { judged, verdicts, entities: held, evicted } = detector.stats();
  const { nowMib, mostMib } = residentMib();
  await detector.close();
  return {
    entities,
    held,
    evicted,
    rows,
    judged,
    verdicts,
    cpuSeconds: cpuMicros / 1e6,
    before,
    half,
    end: nowMib,
    most: mostMib,
  };
}

function residentMib(): { nowMib: number; mostMib: number } {
  const memory = memoryOf(process.pid);
  if (memory === null) throw new Error('while measuring: /proc tells nothing of this process');
  return memory;
}
