/** In: the runs of a protocol's evaluation part. Out: windows of them, as the detector judges them, with what they are. */
import { KubeSecureError } from '#core/error.ts';
import { FAMILIES, type Family } from '#core/family.ts';
import { DetectionConfig } from '#detection/config.ts';
import { scaleWindow } from '#detection/detector.ts';
import { createEntityWindows, type EntityWindow } from '#detection/entity-windows.ts';
import { createFeatureReader } from '#detection/feature-vector.ts';
import { createPlausibility } from '#detection/plausible-families.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import type { TestCapture } from '../evaluate-split.ts';
import type { Judgeable } from '../evaluation.ts';
import { labelOf, WINDOW_LENGTH } from '../examples.ts';
import { createRandom } from '../random.ts';
import { tablePaths } from '../table-paths.ts';
import { readRunTable } from '../tables/read-table.ts';
import { readSplits, splitOf, type SplitProtocol } from '../tables/splits.ts';
import { wholeCapture } from '../test-data.ts';
import type { RowTruth } from '../truth-of-capture.ts';

/** Windows of several runs, side by side. */
export interface TestWindows {
  readonly count: number;
  /** count x WINDOW_LENGTH x features, scaled. */
  readonly inputs: Float32Array;
  /** Null for ordinary traffic. */
  readonly families: readonly (Family | null)[];
  /** Bit i: the window could be made by FAMILIES[i]. */
  readonly plausible: Uint32Array;
  /** Index into `scenarios`. */
  readonly run: Uint16Array;
  /** The scenario of each run. */
  readonly scenarios: readonly string[];
}

/**
 * Whole captures only; at most `most` windows of each side and family (or none) of a run, drawn evenly. Of the protocol
 * `hold-out` only attacks that were held out. Throws `usage` for `random`, which parts no runs, and `not-found` where the
 * data hold none for evaluation.
 */
export function readTestWindows(options: {
  readonly data: string;
  readonly protocol: SplitProtocol;
  readonly most: number;
}): TestWindows {
  const { data, protocol, most } = options;
  if (protocol === 'random') {
    throw new KubeSecureError(
      'usage',
      'while reading test windows: the protocol "random" keeps no runs for evaluation',
    );
  }
  const captures = testCaptures(data, protocol);
  if (captures.length === 0) {
    throw new KubeSecureError(
      'not-found',
      `while reading test windows: ${data} has no runs to evaluate "${protocol}" on`,
    );
  }
  const windows = captures.map(({ load }, run) => collectWindows(load(), { most, seed: run }));
  const all = windows.flat();
  const size = WINDOW_LENGTH * FEATURE_CONTRACT.features.length;
  const inputs = new Float32Array(all.length * size);
  all.forEach(({ input }, i) => inputs.set(input, i * size));
  return {
    count: all.length,
    inputs,
    families: all.map(({ family }) => family),
    plausible: Uint32Array.from(all, ({ plausible }) => plausible),
    run: Uint16Array.from(windows.flatMap((own, run) => own.map(() => run))),
    scenarios: captures.map(({ scenario }) => scenario),
  };
}

function testCaptures(data: string, protocol: SplitProtocol): TestCapture[] {
  const splits = readSplits();
  return tablePaths(data).flatMap((path) => {
    const table = readRunTable(path);
    if (splitOf(table.run, protocol, splits) !== 'evaluation') return [];
    const wasLearned = table.run.attacks.length > 0 && !splits.heldOut.includes(table.run.scenario);
    return protocol === 'hold-out' && wasLearned ? [] : [wholeCapture(path, table)];
  });
}

/** One window with what it is. */
export interface TestWindow {
  readonly input: Float32Array;
  readonly family: Family | null;
  readonly plausible: number;
}

/** Windows of one capture whose truth is plain, cut and thinned out as the detector's settings say. */
export function collectWindows(
  capture: Pick<Judgeable, 'batches' | 'truthOfRow'>,
  { most, seed }: { most: number; seed: number },
): TestWindow[] {
  const { minReports, minPackets, judgeEveryMs, maxEntities } = DetectionConfig.parse({});
  const reader = createFeatureReader(FEATURE_CONTRACT);
  const plausible = createPlausibility(FEATURE_CONTRACT, FAMILIES);
  const random = createRandom(seed);
  const truths: RowTruth[] = [];
  const kept = new Map<string, { seen: number; windows: TestWindow[] }>();
  const windows = createEntityWindows({
    reader,
    length: WINDOW_LENGTH,
    minReports,
    minPackets,
    judgeEveryMs,
    maxEntities,
    seed: 1,
    onWindow: (window) => {
      sample(window);
      windows.release(window);
    },
  });

  function sample(window: EntityWindow): void {
    const own = Array.from(window.ordinals.subarray(0, window.reports), (ordinal) => truths[ordinal]);
    const family = labelOf(window, own);
    if (family === 'ambiguous') return;
    const key = `${window.role} ${family}`;
    const reservoir = kept.get(key) ?? { seen: 0, windows: [] };
    kept.set(key, reservoir);
    // Reservoir sampling (Vitter 1985).
    const place = reservoir.seen < most ? reservoir.seen : random.integer(0, reservoir.seen);
    reservoir.seen++;
    if (place >= most) return;
    const input = new Float32Array(WINDOW_LENGTH * reader.width);
    scaleWindow(window, reader, WINDOW_LENGTH, input, 0);
    const bits = plausible(window).reduce((sum, is, i) => sum | (is ? 1 << i : 0), 0);
    reservoir.windows[place] = { input, family, plausible: bits };
  }

  for (const batch of capture.batches) {
    for (let row = 0; row < batch.count; row++) {
      // Truth first: a window that falls due may hold this very row.
      truths.push(capture.truthOfRow(batch, row));
      windows.observe(batch, row);
    }
  }
  windows.finish();
  return [...kept.values()].flatMap((reservoir) => reservoir.windows);
}
