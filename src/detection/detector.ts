/**
 * In: batches of flow reports with context. Out: verdicts on entities whose last reports look like an attack. Owns the
 * entity windows and the model; a batch is read during `observe` and not kept.
 */
import { randomInt } from 'node:crypto';
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { Log } from '#core/log.ts';
import type { Verdict } from '#core/verdict.ts';
import type { StoredBaselines } from './baselines.ts';
import type { DetectionConfig } from './config.ts';
import type { EntityWindow } from './entity-windows.ts';
import { createEntityWindows } from './entity-windows.ts';
import { createFeatureReader } from './feature-vector.ts';
import { createJudge, type Judgement } from './judge.ts';
import type { Model } from './model.ts';

export interface Detector {
  /**
   * Reads the batch before it returns (then the batch is free again), and resolves with the verdicts that fell due, in
   * packet-time order. Calls may overlap; they are judged one after another.
   */
  observe(batch: FeatureBatch): Promise<Verdict[]>;
  /** The capture ended: judges what was not judged yet. */
  finish(): Promise<Verdict[]>;
  stats(): DetectorStats;
  /** What is usual for each workload, as learned so far. */
  baselines(): StoredBaselines;
  close(): Promise<void>;
}

/** All since the start. */
export interface DetectorStats {
  readonly entities: number;
  readonly evicted: number;
  readonly judged: number;
  readonly verdicts: number;
  /** Feature values that were NaN or infinite; taken as 0. */
  readonly notFinite: number;
  /** Time spent in the model, milliseconds. */
  readonly modelMs: number;
}

export interface DetectorOptions {
  /** See loadModel. It is closed with the detector. */
  readonly model: Model;
  readonly settings: DetectionConfig;
  readonly log: Log;
  /** What an earlier run learned. */
  readonly baselines?: StoredBaselines | null;
  /** The workload's name for an address, where the cluster knows it: a pod that comes back elsewhere stays the same. */
  readonly workloadOf?: (ip: string) => string | null;
  /** Of the hash by which entities find their place; drawn by chance where nothing must repeat. */
  readonly seed?: number;
  /** The window is used again after the call. */
  readonly onJudgement?: (judgement: Judgement, window: EntityWindow) => void;
}

const MODEL_BATCH = 256;

/** Starts with empty windows. */
export function createDetector(options: DetectorOptions): Detector {
  const { model, settings, log } = options;
  const { families, windowLength } = model.card;
  const reader = createFeatureReader(model.contract);
  const size = windowLength * reader.width;
  const classes = families.length + 1;
  const input = new Float32Array(MODEL_BATCH * size);
  const judge = createJudge({
    contract: model.contract,
    reader,
    families,
    calibration: model.calibration,
    settings,
    baselines: options.baselines ?? null,
    workloadOf: options.workloadOf ?? (() => null),
    onJudgement: options.onJudgement ?? (() => undefined),
  });
  let pending: EntityWindow[] = [];
  let judged = 0;
  let given = 0;
  let notFinite = 0;
  let modelMs = 0;

  const windows = createEntityWindows({
    reader,
    length: windowLength,
    minReports: settings.minReports,
    minPackets: settings.minPackets,
    judgeEveryMs: settings.judgeEveryMs,
    maxEntities: settings.maxEntities,
    seed: options.seed ?? randomInt(2 ** 32),
    onWindow: (window) => pending.push(window),
  });
  log.info(
    { families, windowLength, features: reader.width, sha256: model.card.sha256.slice(0, 12) },
    'The model is loaded.',
  );
  if (judge.notice !== null) log.info({}, judge.notice);

  async function judgeWindows(due: readonly EntityWindow[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (let from = 0; from < due.length; from += MODEL_BATCH) {
      const chunk = due.slice(from, from + MODEL_BATCH);
      input.fill(0);
      chunk.forEach((window, i) => {
        notFinite += scaleWindow(window, reader, windowLength, input, i * size);
      });
      const began = performance.now();
      const probabilities = await model.classify(input, chunk.length);
      modelMs += performance.now() - began;
      chunk.forEach((window, i) => {
        // The newest row is the last, whatever the window's length.
        const newest = (i + 1) * size - reader.width;
        const verdict = judge.judge(window, probabilities.subarray(i * classes, (i + 1) * classes), input, newest);
        if (verdict) verdicts.push(verdict);
        windows.release(window);
      });
    }
    judged += due.length;
    given += verdicts.length;
    return verdicts;
  }

  let last: Promise<unknown> = Promise.resolve();
  function judgeInTurn(): Promise<Verdict[]> {
    const due = pending;
    pending = [];
    const turn = last.then(() => judgeWindows(due));
    // Whoever called for that turn hears of its failure; the next turn does not.
    last = turn.catch(() => []);
    return turn;
  }

  return {
    observe: (batch) => {
      for (let row = 0; row < batch.count; row++) windows.observe(batch, row);
      return judgeInTurn();
    },
    finish: () => {
      windows.finish();
      return judgeInTurn();
    },
    stats: () => ({
      entities: windows.table.size,
      evicted: windows.table.evicted,
      judged,
      verdicts: given,
      notFinite,
      modelMs,
    }),
    baselines: () => judge.baselines(),
    close: () => model.close(),
  };
}

/**
 * Writes a window as the model sees it: `length` scaled rows, the newest last, zeros in front where there are fewer
 * reports. `into` must be zero there. Returns how many values were not finite.
 */
export function scaleWindow(
  window: EntityWindow,
  reader: ReturnType<typeof createFeatureReader>,
  length: number,
  into: Float32Array,
  offset: number,
): number {
  const padding = length - window.reports;
  let notFinite = 0;
  for (let i = 0; i < window.reports; i++) {
    notFinite += reader.scale(window.raw, i * reader.width, into, offset + (padding + i) * reader.width);
  }
  return notFinite;
}
