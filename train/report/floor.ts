import { z } from 'zod';
import type { EvaluationReport } from './evaluation-report.ts';
import type { DetectorName } from './names.ts';
import { figuresOf } from './figures.ts';

/** What the committed model reached; worse fails. Keys are names of figures (figures.ts). */
export const EvaluationFloor = z.strictObject({
  version: z.literal(1),
  detector: z.string(),
  /** Figures that must not be lower: shares, 0 to 1. */
  atLeast: z.record(z.string(), z.number()),
  /** Figures that must not be higher: alerts, or seconds. */
  atMost: z.record(z.string(), z.number()),
});
export type EvaluationFloor = z.infer<typeof EvaluationFloor>;

/** The floor that this report would just hold, rounded in its favour to four digits. Figures without a value get none. */
export function floorOf(report: EvaluationReport, detector: DetectorName): EvaluationFloor {
  const floor: EvaluationFloor = { version: 1, detector, atLeast: {}, atMost: {} };
  for (const { name, value, better } of figuresOf(report, detector)) {
    if (value === null) continue;
    if (better === 'higher') floor.atLeast[name] = Math.floor(value * 1e4) / 1e4;
    else floor.atMost[name] = Math.ceil(value * 1e4) / 1e4;
  }
  return floor;
}

/** A sentence for each figure that fell below the floor, or that is no longer measured though its split is. Empty if none. */
export function belowFloor(report: EvaluationReport, floor: EvaluationFloor): string[] {
  const detectors = new Set(report.splits.flatMap(({ detectors: results }) => results.map(({ detector }) => detector)));
  const figures = new Map(
    [...detectors].flatMap((detector) => figuresOf(report, detector)).map((figure) => [figure.name, figure]),
  );
  const measured = new Set<string>(report.splits.map(({ split }) => split));
  // Public captures are not in the repository: where they are missing, the rest must still be judged.
  const isOptional = (name: string) => name.startsWith('public-captures/') && !measured.has('public-captures');

  const shortfalls: string[] = [];
  const compare = (name: string, bound: number, word: string, isWorse: (value: number) => boolean) => {
    const value = figures.get(name)?.value ?? null;
    if (isOptional(name) || (value !== null && !isWorse(value))) return;
    shortfalls.push(
      `${name} ${value === null ? 'has no value' : `is ${Number(value.toPrecision(4))}`}, ${word} ${bound} is asked`,
    );
  };
  for (const [name, least] of Object.entries(floor.atLeast)) compare(name, least, 'at least', (value) => value < least);
  for (const [name, most] of Object.entries(floor.atMost)) compare(name, most, 'at most', (value) => value > most);
  return shortfalls;
}
