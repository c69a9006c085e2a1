import type { Family } from '#core/family.ts';
import { mulberry32 } from '../../lab/mulberry32.ts';
import { measureDetector, type RunOutcome, type TestRun } from './detector-result.ts';
import type { EvaluationReport, SplitResult } from './evaluation-report.ts';
import { DETECTOR_NAMES, type DetectorName, type SplitName } from './names.ts';

const KNOWN: readonly (readonly [string, Family | null])[] = [
  ['syn-flood', 'syn-flood'],
  ['port-scan', 'port-scan'],
  ['slow-headers', 'slow-dos'],
  ['busy-day', null],
  ['flash-crowd', null],
];
const HELD_OUT: readonly (readonly [string, Family | null])[] = [
  ['beacon', 'beacon'],
  ['host-sweep', 'host-sweep'],
  ['slow-read', 'slow-dos'],
  ['busy-day', null],
];
const RUNS_EACH = 6;
const WINDOWS_EACH = 60;
/** How far attacks stand out, by detector: the product most, the quantile rule least. */
const SHARPNESS: Readonly<Record<DetectorName, number>> = {
  combined: 5,
  clstm: 4.5,
  novelty: 3,
  'random-forest': 4,
  'tree-5': 3,
  quantiles: 1.5,
  'isolation-forest': 2,
};

/** A whole report on runs drawn from a seed, for tests of what is made of reports. */
export function inventReport(seed: number): EvaluationReport {
  return {
    version: 1,
    subject: {
      modelSha256: '0123456789abcdef'.repeat(4),
      contract: '2-89abcdef',
      product: 'combined',
      budgetPerDay: 1,
      training: 'Learned from 120 runs.',
      calibration: 'Calibrated on 40 others.',
    },
    splits: [
      inventSplit('random', KNOWN, seed, 1),
      inventSplit('run', KNOWN, seed + 1, 0.8),
      inventSplit('family-hold-out', HELD_OUT, seed + 2, 0.4),
      inventSplit('cross-lab', KNOWN, seed + 3, 0.6),
    ],
    overSeeds: [
      { split: 'run', detector: 'clstm', figure: 'recall at a false-positive rate of .1 %', values: [0.9, 0.95, 0.91] },
    ],
    limits: ['Two cores make small labs.'],
  };
}

function inventSplit(
  split: SplitName,
  scenarios: readonly (readonly [string, Family | null])[],
  seed: number,
  ease: number,
): SplitResult {
  const random = mulberry32(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const runs: TestRun[] = scenarios.flatMap(([scenario, family]) =>
    Array.from({ length: RUNS_EACH }, () => ({
      scenario,
      family,
      isLookAlike: scenario === 'flash-crowd',
      periodS: family === 'beacon' ? 5 + 10 * random() : null,
    })),
  );
  const run = Uint16Array.from({ length: runs.length * WINDOWS_EACH }, (_, i) => Math.floor(i / WINDOWS_EACH));
  const attack = Uint8Array.from(run, (index, i) => (runs[index].family !== null && i % 3 === 0 ? 1 : 0));
  const outcomeOf = (sharpness: number, { family }: TestRun): RunOutcome => {
    const isFound = family !== null && random() < 0.3 + ease * sharpness * 0.2;
    return {
      delayS: isFound ? 0.5 + 20 * random() ** 3 : null,
      isNamed: isFound ? random() < 0.9 : null,
      falseAlerts: random() < 0.05 ? 1 : 0,
      workloadHours: 4 + 4 * random(),
    };
  };
  return {
    split,
    note: split === 'cross-lab' ? 'Lab b.' : '',
    attackRuns: runs.filter(({ family }) => family !== null).length,
    ordinaryRuns: runs.filter(({ family }) => family === null).length,
    attackWindows: attack.filter((kind) => kind === 1).length,
    ordinaryWindows: attack.filter((kind) => kind === 0).length,
    detectors: DETECTOR_NAMES.map((detector) => {
      const sharpness = SHARPNESS[detector];
      const scores = Float32Array.from(attack, (kind) => normal() + kind * sharpness * ease);
      const outcomes = runs.map((one) => outcomeOf(sharpness, one));
      return measureDetector({ detector, runs, outcomes, windows: { scores, attack, run, runs: runs.length }, seed });
    }),
  };
}
