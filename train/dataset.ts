import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TruthOfRow } from './truth-of-capture.ts';
import type { Example } from './examples.ts';
import { PacketPathSettings, runPacketFile } from '#roles/packet-path.ts';
import { Truth } from '../lab/truth.ts';
import { createExampleCollector } from './examples.ts';
import { createRandom } from './random.ts';
import { inventCapture } from './synthetic/capture.ts';
import { truthOfInvention, truthOfRun } from './truth-of-capture.ts';

/** One run of the lab on disk. */
export interface LabRun {
  readonly name: string;
  readonly capture: string;
  readonly truth: Truth;
}

/** The packet path as it serves, but for a fixed seed, so that a run repeats. */
export const REPEATABLE = PacketPathSettings.parse({ entities: { seed: 1 } });

/** All finished runs in the folder, by name; empty if the folder is missing. */
export async function readLabRuns(directory: string): Promise<LabRun[]> {
  const names = await readdir(directory).catch(() => []);
  const runs: LabRun[] = [];
  for (const name of names.toSorted((a, b) => a.localeCompare(b))) {
    const text = await readFile(join(directory, name, 'truth.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    runs.push({ name, capture: join(directory, name, 'capture.pcap'), truth: Truth.parse(JSON.parse(text)) });
  }
  return runs;
}

/** Windows of one run of the lab. */
export function examplesOfRun(run: LabRun, most: number): Example[] {
  return examplesOf(run.capture, truthOfRun(run.truth), run.truth.seed, most);
}

/** Windows of the captures invented from these seeds; each capture lives in a file only while it is read. */
export async function examplesOfInventions(
  seeds: { readonly from: number; readonly count: number },
  most: number,
): Promise<Example[]> {
  const directory = await mkdtemp(join(tmpdir(), 'kubesecure-train-'));
  const path = join(directory, 'capture.pcap');
  try {
    const examples: Example[] = [];
    for (let seed = seeds.from; seed < seeds.from + seeds.count; seed++) {
      const invention = inventCapture(seed);
      await writeFile(path, invention.pcap);
      examples.push(...examplesOf(path, truthOfInvention(invention), seed, most));
    }
    return examples;
  } finally {
    await rm(directory, { recursive: true });
  }
}

function examplesOf(path: string, truthOfRow: TruthOfRow, seed: number, most: number): Example[] {
  const collector = createExampleCollector({ truthOfRow, random: createRandom(seed), most });
  runPacketFile({ path, expiry: 'live', settings: REPEATABLE, onBatch: (batch) => collector.observe(batch) });
  return collector.finish();
}
