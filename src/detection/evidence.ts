/** What evidence needs to know of a judged window. */
interface Judged {
  readonly slot: number;
  readonly generation: number;
  readonly newFlows: number;
}

interface Streak {
  readonly generation: number;
  readonly judgements: number;
  readonly flows: number;
}

/**
 * One odd window is not an attack: a verdict is given from the `needed`-th judgement in a row that is above the
 * threshold, or from one that rests on `freshFlows` new flows, or at the end, when no second one can come. Entities
 * without a streak take no memory.
 */
export function createEvidence({ needed, freshFlows }: { needed: number; freshFlows: number }): {
  /**
   * Adds a judgement; `above` says whether it was above the threshold, `final` that it is the last. Returns null while
   * there is too little evidence, else the flows since the last verdict (or since the streak began).
   */
  add(window: Judged, above: boolean, final: boolean): number | null;
} {
  const streaks = new Map<number, Streak>();

  return {
    add(window, above, final) {
      if (!above) {
        streaks.delete(window.slot);
        return null;
      }
      const before = streaks.get(window.slot);
      const streak = before?.generation === window.generation ? before : null;
      const judgements = (streak?.judgements ?? 0) + 1;
      const flows = (streak?.flows ?? 0) + window.newFlows;
      const enough = judgements >= needed || flows >= freshFlows || final;
      // Once there was enough, the streak stays convincing until it breaks.
      const counted = enough ? { judgements: needed, flows: 0 } : { judgements, flows };
      streaks.set(window.slot, { generation: window.generation, ...counted });
      return enough ? flows : null;
    },
  };
}
