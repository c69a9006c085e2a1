import { FAMILIES } from '#core/family.ts';
import { measureWindows } from '../report/window-figures.ts';
import type { AblationFigures } from './results.ts';
import type { TestWindows } from './test-windows.ts';

/** Of the bootstrap by run; the same for all variants. */
const SEED = 1;
const ONE_IN_HUNDRED = 0.01;
const ONE_IN_THOUSAND = 0.001;

/** Recall with its interval at both rates, and by family at the lower one. */
export function measureScores(
  scores: Float32Array,
  { families, run, scenarios }: Pick<TestWindows, 'families' | 'run' | 'scenarios'>,
): AblationFigures {
  const recallsOf = (isCounted: (window: number) => boolean) => {
    const counted = [...scores.keys()].filter(isCounted);
    const windows = {
      scores: Float32Array.from(counted, (window) => scores[window]),
      attack: Uint8Array.from(counted, (window) => (families[window] === null ? 0 : 1)),
      run: Uint16Array.from(counted, (window) => run[window]),
      runs: scenarios.length,
    };
    const { recallAt } = measureWindows(windows, { kinds: scenarios, seed: SEED });
    const at = (rate: number) => {
      const { value, low, high, reason } = recallAt.find(({ falsePositiveRate }) => falsePositiveRate === rate) ?? {
        value: null,
        low: null,
        high: null,
        reason: `not measured at ${rate}`,
      };
      return { value, low, high, reason };
    };
    return { atOneInHundred: at(ONE_IN_HUNDRED), atOneInThousand: at(ONE_IN_THOUSAND) };
  };

  const present = new Set(families);
  return {
    ...recallsOf(() => true),
    families: FAMILIES.filter((family) => present.has(family)).map((family) => ({
      family,
      windows: families.filter((own) => own === family).length,
      // The threshold is that of all: it rests on the ordinary windows, which are always counted.
      recall: recallsOf((window) => families[window] === null || families[window] === family).atOneInThousand,
    })),
  };
}
