/** Something to be done that may need the machine to itself, as far as other such things go. */
interface Weighted {
  readonly heavy: boolean;
}

/**
 * Does `work` for every item, at most `jobs` at once and of those at most one heavy one, in the items' order but for heavy
 * ones that wait. Begins nothing more once the signal aborts; rejects with the first error of `work`, after what had begun
 * has ended.
 */
export async function runSideBySide<T extends Weighted>(
  items: readonly T[],
  options: { jobs: number; signal: AbortSignal },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const going = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let isHeavyGoing = false;

  const begin = (item: T): void => {
    if (item.heavy) isHeavyGoing = true;
    const one = work(item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        if (item.heavy) isHeavyGoing = false;
        going.delete(one);
      });
    going.add(one);
  };

  const beginWhatMay = (): void => {
    while (going.size < options.jobs && failures.length === 0 && !options.signal.aborted) {
      const index = waiting.findIndex((item) => !(item.heavy && isHeavyGoing));
      if (index === -1) return;
      begin(waiting.splice(index, 1)[0]);
    }
  };

  for (beginWhatMay(); going.size > 0; beginWhatMay()) await Promise.race(going);
  if (failures.length > 0) throw failures[0];
}
