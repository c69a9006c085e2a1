/** Windows to train on, and ordinary traffic to calibrate with, from the tables in `data/` and invented captures. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeatureBatch } from '#core/feature-batch.ts';
import { runPacketFile } from '#roles/packet-path.ts';
import type { OrdinaryTraffic } from './calibrate.ts';
import { REPEATABLE } from './lab-runs.ts';
import { createExampleCollector, type Example, type MostWindows } from './examples.ts';
import { LOOK_ALIKES } from './look-alikes.ts';
import { createRandom } from './random.ts';
import { inventCapture } from './synthetic/capture.ts';
import { batchesOf, truthOfRow } from './tables/table-batches.ts';
import { tablePaths } from './table-paths.ts';
import { readRunTable, type RunTable, type TableCapture } from './tables/read-table.ts';
import { randomPartOf, readSplits, type Splits, splitOf, type SplitProtocol } from './tables/splits.ts';
import { truthOfInvention, type TruthOfRow } from './truth-of-capture.ts';

/** Ordinary windows are plenty, and much alike; of attacks nearly every one is kept. */
const MOST_OF_MINUTE: MostWindows = { ordinary: 80, attack: 200 };
const MOST_OF_CROP: MostWindows = { ordinary: 8, attack: 25 };
const MOST_OF_INVENTION: MostWindows = { ordinary: 30, attack: 40 };

/** Seeds of inventions for calibration begin here. */
const CALIBRATION_SEEDS = 1_000_000;

export interface TrainingSetOptions {
  /** Folder of the tables. */
  readonly data: string;
  readonly protocol: SplitProtocol;
  /** Invented captures to learn from; a third as many to calibrate with. */
  readonly inventions: number;
}

/** All windows that a model of this protocol learns from: first `labWindows` of so many runs, then those of inventions. */
export async function readTrainingSet(
  options: TrainingSetOptions,
): Promise<{ training: Example[]; labWindows: number; runs: number }> {
  const { data, protocol, inventions } = options;
  const splits = readSplits();
  const training: Example[] = [];
  let runs = 0;
  for (const path of tablePaths(data)) {
    const table = readRunTable(path);
    const part = splitOf(table.run, protocol, splits);
    if (part !== 'training' && part !== 'by-window') continue;
    const examples = examplesOfTable(table);
    runs++;
    if (part === 'training') training.push(...examples);
    else training.push(...examples.filter(({ ordinal }) => randomPartOf(table.name, ordinal, splits) === 'training'));
  }
  const labWindows = training.length;
  const seeds = { from: 1, count: inventions };
  training.push(...(await readInventions(seeds, withoutHeldOut(protocol, splits), false)).examples);
  return { training, labWindows, runs };
}

/** The ordinary traffic that a model of this protocol is calibrated on. */
export async function readOrdinaryTraffic(options: TrainingSetOptions): Promise<OrdinaryTraffic[]> {
  const { data, protocol, inventions } = options;
  const splits = readSplits();
  const ordinary: OrdinaryTraffic[] = [];
  for (const path of tablePaths(data)) {
    const table = readRunTable(path);
    if (table.run.attacks.length > 0 || splitOf(table.run, protocol, splits) !== 'calibration') continue;
    ordinary.push(...ordinaryTrafficOf(table, () => readRunTable(path)));
  }
  const seeds = { from: CALIBRATION_SEEDS, count: Math.ceil(inventions / 3) };
  ordinary.push(...(await readInventions(seeds, withoutHeldOut(protocol, splits), true)).ordinary);
  return ordinary;
}

function withoutHeldOut(protocol: SplitProtocol, { heldOut }: Splits): readonly string[] {
  return protocol === 'hold-out' ? heldOut : [];
}

/** Windows of a run and of the crops cut out of it. */
function examplesOfTable({ run, captures }: RunTable): Example[] {
  return captures.flatMap((capture) => {
    const most = capture.kind === 'whole' ? mostOfRun(capture) : MOST_OF_CROP;
    return examplesOf(batchesOf(capture), truthOfRow(capture), run.seed, most);
  });
}

/** A run takes a minute or less, a quiet cluster many. */
function mostOfRun(capture: TableCapture): MostWindows {
  const minutes = Math.max(1, Math.round(hoursOf(capture) * 60));
  return { ordinary: MOST_OF_MINUTE.ordinary * minutes, attack: MOST_OF_MINUTE.attack };
}

/** Ordinary traffic of a run without an attack, each capture by itself. */
function ordinaryTrafficOf({ run, captures }: RunTable, reread: () => RunTable): OrdinaryTraffic[] {
  return captures.map((capture, i) => ({
    batches: () => batchesOf(reread().captures[i]),
    workloadHours: standsForHours(run, capture),
  }));
}

/** What the captures invented from these seeds hold: windows of all, and copies of the rows of the ordinary ones. */
async function readInventions(
  seeds: { readonly from: number; readonly count: number },
  without: readonly string[],
  keepOrdinary: boolean,
): Promise<{ examples: Example[]; ordinary: OrdinaryTraffic[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'kubesecure-train-'));
  const path = join(directory, 'capture.pcap');
  const examples: Example[] = [];
  const ordinary: OrdinaryTraffic[] = [];
  try {
    for (let seed = seeds.from; seed < seeds.from + seeds.count; seed++) {
      const invention = inventCapture(seed, { without });
      await writeFile(path, invention.pcap);
      const batches: FeatureBatch[] = [];
      runPacketFile({
        path,
        expiry: 'live',
        settings: REPEATABLE,
        onBatch: (batch) => void batches.push(copyOf(batch)),
      });
      if (keepOrdinary) {
        if (invention.attacks.length === 0) ordinary.push({ batches: () => batches, workloadHours: CAPTURE_HOURS });
      } else {
        examples.push(...examplesOf(batches, truthOfInvention(invention), seed, MOST_OF_INVENTION));
      }
    }
    return { examples, ordinary };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function examplesOf(batches: Iterable<FeatureBatch>, truth: TruthOfRow, seed: number, most: MostWindows): Example[] {
  const collector = createExampleCollector({ truthOfRow: truth, random: createRandom(seed), most });
  for (const batch of batches) collector.observe(batch);
  return collector.finish();
}

function hoursOf({ startUs, endUs }: TableCapture): number {
  return Math.max(0, endUs - startUs) / 3600e6;
}

/**
 * The hours of ordinary life that a capture stands for. A look-alike was asked for: such a thing happens about once a day
 * among 100 workloads, so a run of it stands for that day. A short capture stands for a day of one machine. All else
 * stands for itself.
 */
function standsForHours({ scenario, hosts }: RunTable['run'], capture: TableCapture): number {
  if (capture.kind !== 'whole') return CAPTURE_HOURS;
  return LOOK_ALIKES.has(scenario) ? LOOK_ALIKE_HOURS : hoursOf(capture) * hosts.length;
}

const LOOK_ALIKE_HOURS = 24 * 100;
const CAPTURE_HOURS = 24;

function copyOf(batch: FeatureBatch): FeatureBatch {
  return structuredClone(batch);
}
