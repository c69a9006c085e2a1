/** All detectors on the same test data. */
import { DetectionConfig } from '#detection/config.ts';
import { logOdds } from '#detection/judge.ts';
import type { Model } from '#detection/model.ts';
import { FEW_ENTITIES } from './examples.ts';
import { evaluateCapture, type CaptureResult, type Judgeable, type JudgedWindow } from './evaluation.ts';
import { measureDetector, type RunOutcome, type TestRun } from './report/detector-result.ts';
import type { SplitResult } from './report/evaluation-report.ts';
import type { DetectorName, SplitName } from './report/names.ts';

/** One capture of the test data: `load` reads it, and may be called for each detector. */
export interface TestCapture extends TestRun {
  readonly load: () => Judgeable;
  /** Machines in it, and how long it lasts. */
  readonly machines: number;
  readonly hours: number;
}

/** What is compared: a model with its calibration, and whether the model, novelty or both may speak. */
export interface Contender {
  readonly detector: DetectorName;
  readonly model: Model;
  readonly settings: DetectionConfig;
  readonly scoreOf: (window: JudgedWindow) => number;
  /** Whether it gives an attack a family's name. */
  readonly names: boolean;
}

/** The product and its two parts. */
export function productContenders(model: Model): Contender[] {
  const both = DetectionConfig.parse({ maxEntities: FEW_ENTITIES });
  const silent: Model = {
    ...model,
    classify: (_, count) => Promise.resolve(benign(count, model.card.families.length)),
  };
  return [
    {
      detector: 'combined',
      model,
      settings: both,
      scoreOf: ({ score, odds }) => Math.max(logOdds(score), odds.novelty),
      names: true,
    },
    {
      detector: 'clstm',
      model,
      settings: { ...both, novelty: false },
      scoreOf: ({ score }) => score,
      names: true,
    },
    { detector: 'novelty', model: silent, settings: both, scoreOf: ({ distance }) => distance ?? 0, names: false },
  ];
}

const BOOTSTRAP_SEED = 1;

/** Runs every contender over every capture. */
export async function evaluateSplit(options: {
  split: SplitName;
  note: string;
  captures: readonly TestCapture[];
  contenders: readonly Contender[];
}): Promise<SplitResult> {
  const { split, note, captures, contenders } = options;
  const detectors = [];
  let windows = { attack: 0, ordinary: 0 };
  for (const contender of contenders) {
    const results: CaptureResult[] = [];
    for (const capture of captures) {
      results.push(await evaluateCapture(capture.load(), contender.model, contender.settings));
    }
    const judged = results.flatMap((result, run) => result.windows.map((window) => ({ run, window })));
    const attacks = judged.filter(({ window }) => window.family !== null).length;
    windows = { attack: attacks, ordinary: judged.length - attacks };
    detectors.push(
      measureDetector({
        detector: contender.detector,
        runs: captures,
        outcomes: results.map((result, i) => outcomeOf(result, captures[i], contender)),
        windows: {
          scores: Float32Array.from(judged, ({ window }) => contender.scoreOf(window)),
          attack: Uint8Array.from(judged, ({ window }) => (window.family === null ? 0 : 1)),
          run: Uint16Array.from(judged, ({ run }) => run),
          runs: captures.length,
        },
        seed: BOOTSTRAP_SEED,
      }),
    );
  }
  const attackRuns = captures.filter(({ family }) => family !== null).length;
  return {
    split,
    note,
    attackRuns,
    ordinaryRuns: captures.length - attackRuns,
    attackWindows: windows.attack,
    ordinaryWindows: windows.ordinary,
    detectors,
  };
}

function outcomeOf(result: CaptureResult, { machines, hours }: TestCapture, { names }: Contender): RunOutcome {
  const found = result.attacks.filter((attack) => attack.found);
  const delays = found.flatMap(({ delayS }) => (delayS === null ? [] : [delayS]));
  const parties = result.attacks.length > 0 ? 2 : 0;
  return {
    delayS: delays.length > 0 ? Math.max(0, Math.min(...delays)) : null,
    isNamed: names && found.length > 0 ? found.every(({ family, alerts }) => alerts.includes(family)) : null,
    falseAlerts: result.falseAlerts.length,
    workloadHours: Math.max(0, machines - parties) * hours,
  };
}

function benign(count: number, families: number): Float32Array {
  const output = new Float32Array(count * (families + 1));
  for (let i = 0; i < count; i++) output[i * (families + 1)] = 1;
  return output;
}
