/**
 * How fast flows are made of a capture, beside programs that only read it and others that make flows. All read the same
 * files in turn; a figure is the median of the runs, a peer's that of its one run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countLines } from './count-lines.ts';
import { cutCapture } from './cut-capture.ts';
import { CAPTURE_KINDS, generateCapture, USUAL_SIZE, type CaptureKind } from './generate-capture.ts';
import { measure, type Measurement, type NotMeasured } from './measure.ts';
import { listPrograms, type Absent, type Program } from './programs.ts';
import { startResultTable, type Result } from './result-table.ts';

const MOST_SECONDS = 150;
const SEED = 1;

/** Prints a table, capture by capture. `scale` is a factor on the usual numbers of packets. */
export async function compare(options: {
  readonly scale: number;
  readonly runs: number;
  readonly withPeers: boolean;
}): Promise<void> {
  const programs = listPrograms(options.withPeers);
  const table = startResultTable();
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-bench-'));
  try {
    for (const kind of CAPTURE_KINDS) {
      const packets = Math.round(USUAL_SIZE[kind].packets * options.scale);
      const capture = join(folder, 'whole.pcap');
      generateCapture(kind, capture, { packets, seed: SEED });
      table.add(kind, await compareOn({ kind, capture, packets, folder }, programs, options.runs));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Course {
  readonly kind: CaptureKind;
  readonly capture: string;
  readonly packets: number;
  readonly folder: string;
}

async function compareOn(course: Course, programs: readonly (Program | Absent)[], runs: number): Promise<Result[]> {
  const entrants: Entrant[] = [];
  for (const program of programs) entrants.push(await enter(course, program));
  for (let run = 0; run < runs; run++) {
    for (const { program, measured } of entrants) {
      if (program !== null)
        measured.push(await measure(program.command(course.capture, '/dev/null'), '/dev/null', MOST_SECONDS));
    }
  }
  return entrants.map(({ name, packets, flows, measured }) => ({ name, packets, flows, taken: medianOf(measured) }));
}

/** A program on a course, and what is known of it so far. */
interface Entrant {
  readonly name: string;
  readonly packets: number;
  /** Null where it writes none. */
  readonly flows: number | null;
  readonly measured: (Measurement | NotMeasured)[];
  /** Null when it has run for the last time. */
  readonly program: Program | null;
}

/** The first run: it fills the page cache, and its flows are written to a file to be counted. It counts for peers only. */
async function enter(course: Course, program: Program | Absent): Promise<Entrant> {
  const { name } = program;
  if ('reason' in program) return { name, packets: 0, flows: null, measured: [program], program: null };
  const packets = Math.min(course.packets, program.mostPackets(course.kind));
  const capture = packets < course.packets ? join(course.folder, 'cut.pcap') : course.capture;
  if (packets < course.packets) cutCapture(course.capture, capture, packets);
  const output = join(course.folder, 'flows.csv');
  const first = await measure(program.command(capture, output), output, MOST_SECONDS);
  if ('reason' in first) return { name, packets, flows: null, measured: [first], program: null };
  const lines = program.writesFlows ? countLines(output) : null;
  if (lines === 0) return { name, packets, flows: null, measured: [{ reason: 'made no flows' }], program: null };
  const flows = lines === null ? null : lines - 1;
  if (program.isPeer) return { name, packets, flows, measured: [first], program: null };
  return { name, packets, flows, measured: [], program };
}

/** Each figure's own median; the first failure, if there is one. */
function medianOf(measured: readonly (Measurement | NotMeasured)[]): Measurement | NotMeasured {
  const runs: Measurement[] = [];
  for (const one of measured) {
    if ('reason' in one) return one;
    runs.push(one);
  }
  const middle = (figures: readonly number[]): number => figures.toSorted((a, b) => a - b)[figures.length >> 1];
  return {
    cpuSeconds: middle(runs.map(({ cpuSeconds }) => cpuSeconds)),
    wallSeconds: middle(runs.map(({ wallSeconds }) => wallSeconds)),
    rssMib: middle(runs.map(({ rssMib }) => rssMib)),
  };
}
