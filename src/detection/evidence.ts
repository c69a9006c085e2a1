import type { Family } from '#core/family.ts';

/** What evidence needs to know of a judged window. */
interface Judged {
  readonly slot: number;
  readonly generation: number;
  readonly newFlows: number;
}

interface Streak {
  readonly generation: number;
  readonly family: Family;
  /** Judgements of this family in a row, and the flows behind them that no verdict counted yet. */
  readonly judgements: number;
  readonly flows: number;
  /** The family of the last verdict on this entity; null before the first. */
  readonly given: Family | null;
}

/** Once a verdict was given, another family must hold this many times as long: an attack that fades looks like others. */
const CHANGE_OF_MIND = 3;

/**
 * One odd window is not an attack: a verdict is given from the `needed`-th judgement of one family in a row, or from one
 * that rests on `freshFlows` new flows, or at the end, when no second one can come. Entities without a streak take no
 * memory.
 */
export function createEvidence({ needed, freshFlows }: { needed: number; freshFlows: number }): {
  /**
   * Adds a judgement; `family` is null when it was below the threshold, `final` says that it is the last. Returns null
   * while there is too little evidence, else the flows since the last verdict (or since the streak began).
   */
  add(window: Judged, family: Family | null, final: boolean): number | null;
} {
  const streaks = new Map<number, Streak>();

  return {
    add(window, family, final) {
      const before = streaks.get(window.slot);
      const known = before?.generation === window.generation ? before : null;
      if (family === null) {
        // What was given is remembered, so that the tail of an attack does not become another one.
        if (known?.given) streaks.set(window.slot, { ...known, judgements: 0, flows: 0 });
        else streaks.delete(window.slot);
        return null;
      }
      const goesOn = known?.family === family;
      const judgements = (goesOn ? known.judgements : 0) + 1;
      const flows = (goesOn ? known.flows : 0) + window.newFlows;
      const given = known?.given ?? null;
      const enough =
        given === null || given === family
          ? judgements >= needed || flows >= freshFlows || final
          : judgements >= needed * CHANGE_OF_MIND;
      const { generation } = window;
      streaks.set(
        window.slot,
        enough
          ? { generation, family, judgements: needed * CHANGE_OF_MIND, flows: 0, given: family }
          : { generation, family, judgements, flows, given },
      );
      return enough ? flows : null;
    },
  };
}
