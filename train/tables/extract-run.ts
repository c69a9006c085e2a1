/**
 * In: one run of the lab, its capture and truth. Out: the run's table: the rows that the packet path makes of the whole
 * capture and of each crop, every one with fresh counters, as a sensor that sees nothing else would make them.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeSecureError } from '#core/error.ts';
import { runPacketFile } from '#roles/packet-path.ts';
import { type LabRun, REPEATABLE } from '../lab-runs.ts';
import { createRandom } from '../random.ts';
import { truthOfRun } from '../truth-of-capture.ts';
import { attacksAmong, markAttackPackets } from './attack-packets.ts';
import { drawCrops } from './crops.ts';
import { cutCapture, readFrames } from './pcap-frames.ts';
import { readTableHeader, TABLE_SUFFIX } from './read-table.ts';
import { type CollectedRows, createRowCollector, truthCode } from './row-collector.ts';
import { type CaptureFacts, RunFacts, type TableHeader, type TableSource } from './table-format.ts';
import { encodeTable } from './write-table.ts';

/** What became of a run: its table's header, the table's size, and whether it was there already. */
export interface ExtractedRun {
  readonly path: string;
  readonly header: TableHeader;
  readonly bytes: number;
  readonly wasThere: boolean;
}

/** 11 would save one part in a hundred, and take twice as long. */
const BEST_QUALITY = 10;

/**
 * Writes the run's table into the folder, unless one made of the same capture and truth is there (`again`: even then).
 * `quality` is Brotli's.
 */
export async function extractRun(
  run: LabRun,
  folder: string,
  { again = false, quality = BEST_QUALITY }: { again?: boolean; quality?: number } = {},
): Promise<ExtractedRun> {
  const path = join(folder, `${run.name}${TABLE_SUFFIX}`);
  const source = await sourceOf(run);
  const isThere = !again && isMadeOf(path, source);
  if (!isThere) {
    await writeFile(`${path}.new`, await tableOf(run, source, quality));
    await rename(`${path}.new`, path);
  }
  return { path, header: readTableHeader(path), bytes: (await stat(path)).size, wasThere: isThere };
}

async function tableOf(run: LabRun, source: TableSource, quality: number): Promise<Buffer> {
  const file = await readFile(run.capture);
  const facts = RunFacts.parse(run.truth);
  const frames = readFrames(file);
  const marks = markAttackPackets(frames, facts);
  const truth = truthOfRun(run.truth);
  const collector = createRowCollector(facts.startUs);
  const captures: CaptureFacts[] = [];

  const add = (
    capturePath: string,
    about: Pick<CaptureFacts, 'name' | 'kind' | 'machines'>,
    chosen: readonly number[],
  ) => {
    let rows = 0;
    runPacketFile({
      path: capturePath,
      expiry: 'live',
      settings: REPEATABLE,
      onBatch: (batch) => {
        collector.observe(batch, truth);
        rows += batch.count;
      },
    });
    const times = { startUs: frames.timeUs[chosen[0]], endUs: frames.timeUs[chosen[chosen.length - 1]] };
    captures.push({
      ...about,
      packets: chosen.length,
      ...times,
      attacks: attacksAmong(frames, marks, facts, chosen),
      rows,
    });
  };

  add(
    run.capture,
    { name: 'whole', kind: 'whole', machines: [] },
    Array.from({ length: frames.count }, (_, i) => i),
  );
  mustBeLabelled(run, facts, collector.rows());
  const scratch = await mkdtemp(join(tmpdir(), 'kubesecure-crops-'));
  try {
    const crops = drawCrops(frames, marks, facts, createRandom(seedOf(run.name)));
    for (const [i, crop] of crops.entries()) {
      const path = join(scratch, `crop-${i + 1}.pcap`);
      await writeFile(path, cutCapture(file, frames, crop.frames));
      add(path, { name: `crop-${i + 1}`, kind: crop.kind, machines: crop.machines.map(dotted) }, crop.frames);
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
  return encodeTable(collector.rows(), { source, run: facts, captures }, quality);
}

/**
 * Throws `bad-input` where an attack of the truth is on no row: such a run would teach that the attack is ordinary.
 */
function mustBeLabelled(run: LabRun, { attacks }: RunFacts, { columns }: CollectedRows): void {
  const codes = new Set(columns.get('truth'));
  for (const { family } of attacks) {
    if (codes.has(truthCode({ family, reversed: false }))) continue;
    throw new KubeSecureError(
      'bad-input',
      `while reading ${run.capture}: its truth tells of a ${family}, yet no flow in it is one; make the run again`,
    );
  }
}

async function sourceOf(run: LabRun): Promise<TableSource> {
  const { size } = await stat(run.capture);
  return { captureBytes: size, truth: createHash('sha256').update(JSON.stringify(run.truth)).digest('hex') };
}

/** Whether the table is there, whole, of this format, and made of this very run. */
function isMadeOf(path: string, source: TableSource): boolean {
  if (!existsSync(path)) return false;
  try {
    const there = readTableHeader(path).source;
    return there.captureBytes === source.captureBytes && there.truth === source.truth;
  } catch (error) {
    if (error instanceof KubeSecureError && error.code === 'bad-input') return false;
    throw error;
  }
}

/** A 32-bit seed from a run's name: the same crops each time, others for each run. */
function seedOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32LE(0);
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}
