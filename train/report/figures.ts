import type { EvaluationReport } from './evaluation-report.ts';
import { resultOf } from './evaluation-report.ts';
import type { DetectorName } from './names.ts';

/** One number of a report under the name that a floor knows it by. */
export interface Figure {
  /** e.g. `family-hold-out/combined/found/slow-body`. */
  readonly name: string;
  /** Null where there is none: an attack never found has no delay, few windows no recall. */
  readonly value: number | null;
  readonly better: 'higher' | 'lower';
}

/** All figures of a detector that a floor may hold; those of the random split are left out, since they flatter. */
export function figuresOf(report: EvaluationReport, detector: DetectorName): Figure[] {
  return report.splits
    .filter(({ split }) => split !== 'random')
    .flatMap(({ split }) => {
      const result = resultOf(report, split, detector);
      const prefix = `${split}/${detector}`;
      const higher = (name: string, value: number | null): Figure => ({
        name: `${prefix}/${name}`,
        value,
        better: 'higher',
      });
      const lower = (name: string, value: number | null): Figure => ({
        name: `${prefix}/${name}`,
        value,
        better: 'lower',
      });
      const share = ({ successes, trials }: { successes: number; trials: number }) =>
        trials > 0 ? successes / trials : null;

      const figures: Figure[] = [];
      if (result?.windows) {
        const { recallAt, areas } = result.windows;
        figures.push(
          ...recallAt.map(({ falsePositiveRate, value }) => higher(`recall at ${falsePositiveRate}`, value)),
        );
        figures.push(...areas.map(({ prevalence, value }) => higher(`area at ${prevalence}`, value)));
      }
      if (result?.runs) {
        const { found, attacks, falseAlerts, lookAlikes, delay } = result.runs;
        figures.push(higher('found', share(found)));
        figures.push(...attacks.map((attack) => higher(`found/${attack.scenario}`, share(attack.found))));
        figures.push(lower('false alerts a day', falseAlerts.perDay));
        if (lookAlikes.length > 0)
          figures.push(
            lower(
              'look-alike alerts',
              lookAlikes.reduce((sum, { alerts }) => sum + alerts, 0),
            ),
          );
        figures.push(lower('delay median', delay.medianS), lower('delay p95', delay.p95S));
      }
      return figures;
    });
}
