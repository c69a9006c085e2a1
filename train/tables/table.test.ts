import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CIC_WIDTH, CONTEXT_WIDTH, type FeatureBatch } from '#core/feature-batch.ts';
import { createEntityWindows } from '#detection/entity-windows.ts';
import { createFeatureReader } from '#detection/feature-vector.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { runPacketFile } from '#roles/packet-path.ts';
import { REPEATABLE } from '../lab-runs.ts';
import { truthOfRun } from '../truth-of-capture.ts';
import { KEPT_CIC_COLUMNS } from './cic-columns.ts';
import { extractRun } from './extract-run.ts';
import { readRunTable, type RunTable } from './read-table.ts';
import { sampleRun } from './sample-run.ts';
import { batchesOf, truthOfRow } from './table-batches.ts';

const FAST = { quality: 1 };
const run = sampleRun('attack');
let folder: string;
let path: string;
let table: RunTable;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kubesecure-tables-'));
  ({ path } = await extractRun(run, folder, FAST));
  table = readRunTable(path);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** All columns but `cic`, and how many values each has a row. */
const EXACT_COLUMNS = [
  ['startUs', 1],
  ['lastUs', 1],
  ['reportedUs', 1],
  ['clientAddress', 16],
  ['serverAddress', 16],
  ['clientPort', 1],
  ['serverPort', 1],
  ['protocol', 1],
  ['ending', 1],
  ['report', 1],
  ['clientContext', CONTEXT_WIDTH],
  ['serverContext', CONTEXT_WIDTH],
] as const;

function bytesOf(column: Float64Array | Uint8Array | Uint16Array | Uint32Array, values: number): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, values * column.BYTES_PER_ELEMENT);
}

function batchesOfCapture(capture: string): FeatureBatch[] {
  const batches: FeatureBatch[] = [];
  const onBatch = (batch: FeatureBatch) => void batches.push(structuredClone(batch));
  runPacketFile({ path: capture, expiry: 'live', settings: REPEATABLE, onBatch });
  return batches;
}

test('a table gives back the batches that the packet path made, context included', () => {
  const expected = batchesOfCapture(run.capture);
  let i = 0;
  for (const batch of batchesOf(table.captures[0])) {
    const { count } = batch;
    const want = expected[i++];
    expect(count).toBe(want.count);
    for (const [name, width] of EXACT_COLUMNS) {
      expect(bytesOf(batch[name], count * width).equals(bytesOf(want[name], count * width)), name).toBe(true);
    }
  }
  expect(i).toBe(expected.length);
});

test('CIC values are exact where they are whole numbers, and near elsewhere', () => {
  const expected = batchesOfCapture(run.capture);
  const whole = new Set(KEPT_CIC_COLUMNS.filter(({ kind }) => kind === 'whole').map(({ column }) => column));
  let worst = 0;
  let wrong = 0;
  let i = 0;
  for (const batch of batchesOf(table.captures[0])) {
    const want = expected[i++].cic;
    for (let at = 0; at < batch.count * CIC_WIDTH; at++) {
      if (batch.cic[at] === want[at]) continue;
      if (whole.has(at % CIC_WIDTH)) wrong++;
      // Variances carry the error of a deviation twice.
      worst = Math.max(worst, Math.abs(batch.cic[at] - want[at]) / Math.abs(want[at]));
    }
  }
  expect(wrong).toBe(0);
  expect(worst).toBeLessThan(2 ** -9);
});

test('the windows that the detector judges are the same from the table as from the capture, bit for bit', () => {
  const fromTable = windowsOf(batchesOf(table.captures[0]));
  expect(fromTable.count).toBeGreaterThan(100);
  expect(fromTable).toEqual(windowsOf(batchesOfCapture(run.capture)));
});

test('the truth of each row is kept', () => {
  const expected = batchesOfCapture(run.capture);
  const want = truthOfRun(run.truth);
  const have = truthOfRow(table.captures[0]);
  const families = new Set<string | null>();
  let i = 0;
  let wrong = 0;
  for (const batch of batchesOf(table.captures[0])) {
    for (let row = 0; row < batch.count; row++) {
      const kept = have(batch, row);
      const really = want(expected[i], row);
      if (kept.family !== really.family || kept.reversed !== really.reversed) wrong++;
      families.add(kept.family);
    }
    i++;
  }
  expect(wrong).toBe(0);
  expect(families).toEqual(new Set(['http-flood', null, 'port-scan', 'syn-flood']));
});

test('the truth of a batch from elsewhere is not made up', () => {
  const [batch] = batchesOfCapture(run.capture);
  expect(() => truthOfRow(table.captures[0])(batch, 0)).toThrow(/not one of whole/);
});

test('a run whose attack is on no row is refused', async () => {
  const [attack, ...others] = run.truth.attacks;
  const late = { ...attack, startUs: run.truth.endUs + 1e6, endUs: run.truth.endUs + 2e6 };
  const broken = { ...run, name: 'broken', truth: { ...run.truth, attacks: [late, ...others] } };
  await expect(extractRun(broken, folder, FAST)).rejects.toThrow(
    `tells of a ${attack.family}, yet no flow in it is one`,
  );
});

test('crops say what of an attack is in them, and have rows of their own', () => {
  const crops = table.captures.slice(1);
  expect(crops.length).toBeGreaterThanOrEqual(6);
  for (const crop of crops) {
    let rows = 0;
    for (const batch of batchesOf(crop)) rows += batch.count;
    expect(rows).toBe(crop.rows);
    expect(crop.attackPackets).toBeLessThanOrEqual(crop.packets);
    expect(crop.startUs).toBeGreaterThanOrEqual(run.truth.startUs);
    expect(crop.endUs).toBeLessThanOrEqual(run.truth.endUs);
  }
  expect(crops.filter(({ attackPackets }) => attackPackets >= 12).length).toBeGreaterThanOrEqual(5);
});

test('a run that is up to date is left alone; a damaged table is made again', async () => {
  const quiet = sampleRun('busy-day');
  const made = await extractRun(quiet, folder, FAST);
  expect((await extractRun(quiet, folder, FAST)).wasThere).toBe(true);
  const bytes = readFileSync(made.path);
  writeFileSync(made.path, bytes.subarray(0, 500));
  expect((await extractRun(quiet, folder, FAST)).wasThere).toBe(false);
  expect(readFileSync(made.path).equals(bytes)).toBe(true);
});

test('files that are no tables are refused by name', () => {
  const bytes = readFileSync(path);
  const broken = (name: string, content: Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return () => readRunTable(join(folder, name));
  };
  expect(() => readRunTable(join(folder, 'gone.flows'))).toThrow(/reading the table .*gone\.flows: ENOENT/);
  expect(broken('empty', Buffer.alloc(0))).toThrow(/does not begin with KSFLOWS1/);
  expect(broken('header', bytes.subarray(0, 40))).toThrow(/cut in its header/);
  expect(broken('cut', bytes.subarray(0, bytes.length - 1))).toThrow(/bytes long/);
  const damaged = Buffer.from(bytes);
  damaged.fill(0xff, 20, 40);
  expect(broken('damaged', damaged)).toThrow(/damaged/);
});

/** How many windows there are, and a digest of all that is in them. */
function windowsOf(batches: Iterable<FeatureBatch>): { count: number; digest: string } {
  const digest = createHash('sha256');
  let count = 0;
  const entities = createEntityWindows({
    reader: createFeatureReader(FEATURE_CONTRACT),
    length: 16,
    minReports: 1,
    minPackets: 20,
    judgeEveryMs: 500,
    maxEntities: 4_096,
    seed: 1,
    onWindow: ({ raw, address, peerAddresses, peerPorts, ordinals, ...rest }) => {
      for (const values of [raw, address, peerAddresses, peerPorts, ordinals]) digest.update(values);
      digest.update(JSON.stringify(rest));
      count++;
    },
  });
  for (const batch of batches) for (let row = 0; row < batch.count; row++) entities.observe(batch, row);
  entities.finish();
  return { count, digest: digest.digest('hex') };
}
