/**
 * In: batches of flow reports with context. Out: verdicts on entities whose last reports look like an attack. Owns the
 * entity windows and the model; a batch is read during `observe` and not kept.
 */
import { randomInt } from 'node:crypto';
import type { Family } from '#core/family.ts';
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { FeatureContract } from '#core/feature-contract.ts';
import type { Log } from '#core/log.ts';
import type { Verdict } from '#core/verdict.ts';
import type { DetectionConfig } from './config.ts';
import type { EntityWindow } from './entity-windows.ts';
import { formatAddress } from '#core/address.ts';
import { pValueOf } from './calibration.ts';
import { createEntityWindows } from './entity-windows.ts';
import { createEvidence } from './evidence.ts';
import { createFeatureReader } from './feature-vector.ts';
import { loadModel } from './model.ts';
import { createPlausibility } from './plausible-families.ts';
import { peersOf, reasonsOf } from './reasons.ts';

export interface Detector {
  /**
   * Reads the batch before it returns (then the batch is free again), and resolves with the verdicts that fell due, in
   * packet-time order. Calls may overlap; they are judged one after another.
   */
  observe(batch: FeatureBatch): Promise<Verdict[]>;
  /** The capture ended: judges what was not judged yet. */
  finish(): Promise<Verdict[]>;
  stats(): DetectorStats;
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

const MODEL_BATCH = 256;

/** Loads the model (see loadModel for what may be wrong with it) and starts with empty windows. */
export async function createDetector({
  modelDir,
  contract,
  settings,
  log,
}: {
  modelDir: string;
  /** What this build computes: FEATURE_CONTRACT of `features`. */
  contract: FeatureContract;
  settings: DetectionConfig;
  log: Log;
}): Promise<Detector> {
  const model = await loadModel(modelDir, { contract, threads: settings.threads });
  const { families, windowLength } = model.card;
  const reader = createFeatureReader(contract);
  const size = windowLength * reader.width;
  const classes = families.length + 1;
  const input = new Float32Array(MODEL_BATCH * size);
  const plausible = createPlausibility(contract, families);
  const evidence = createEvidence({ needed: settings.evidence, freshFlows: windowLength });
  let pending: EntityWindow[] = [];
  let judged = 0;
  let given = 0;
  let notFinite = 0;
  let modelMs = 0;

  const windows = createEntityWindows({
    reader,
    length: windowLength,
    minFlows: settings.minFlows,
    minPackets: settings.minPackets,
    judgeEveryMs: settings.judgeEveryMs,
    maxEntities: settings.maxEntities,
    seed: randomInt(2 ** 32),
    onWindow: (window) => pending.push(window),
  });
  log.info(
    { modelDir, families, windowLength, features: reader.width, sha256: model.card.sha256.slice(0, 12) },
    'The model is loaded.',
  );

  async function judgeWindows(due: readonly EntityWindow[], final: boolean): Promise<Verdict[]> {
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
        const verdict = judge(window, probabilities.subarray(i * classes, (i + 1) * classes), final);
        if (verdict) verdicts.push(verdict);
      });
    }
    judged += due.length;
    given += verdicts.length;
    return verdicts;
  }

  function judge(window: EntityWindow, probabilities: Float32Array, final: boolean): Verdict | null {
    const side = window.side === 0 ? 'client' : 'server';
    const calibration = model.calibration[side];
    const threshold = settings.threshold ?? calibration.threshold;
    const { score, family } = scoreOf(probabilities, families, plausible(window));
    const flows = evidence.add(window, score > threshold ? family : null, final);
    if (flows === null) return null;

    return {
      entity: {
        side,
        ip: formatAddress(window.address, 0),
        port: window.side === 0 ? null : window.port,
        workload: null,
      },
      family,
      score,
      threshold,
      pValue: pValueOf(score, calibration.scores),
      atUs: window.atUs,
      firstUs: window.firstUs,
      flows,
      peers: peersOf(window),
      reasons: reasonsOf(window, contract, reader, calibration),
    };
  }

  let last: Promise<unknown> = Promise.resolve();
  function judgeInTurn(final: boolean): Promise<Verdict[]> {
    const due = pending;
    pending = [];
    const turn = last.then(() => judgeWindows(due, final));
    // Whoever called for that turn hears of its failure; the next turn does not.
    last = turn.catch(() => []);
    return turn;
  }

  return {
    observe: (batch) => {
      for (let row = 0; row < batch.count; row++) windows.observe(batch, row);
      return judgeInTurn(false);
    },
    finish: () => {
      windows.finish();
      return judgeInTurn(true);
    },
    stats: () => ({
      entities: windows.table.size,
      evicted: windows.table.evicted,
      judged,
      verdicts: given,
      notFinite,
      modelMs,
    }),
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

/** The probability of an attack that can be, and the likeliest such family; class 0 is benign. */
function scoreOf(
  probabilities: Float32Array,
  families: readonly Family[],
  plausible: readonly boolean[],
): { score: number; family: Family } {
  let score = 0;
  let best = 0;
  families.forEach((_, i) => {
    if (!plausible[i]) return;
    score += probabilities[i + 1];
    if (!plausible[best] || probabilities[i + 1] > probabilities[best + 1]) best = i;
  });
  return { score: Math.min(1, score), family: families[best] };
}
