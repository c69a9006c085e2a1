/** Calls back at about the time each entry is due, in the order of whole milliseconds, then of entering. */
export interface Schedule {
  /** `dueMs` on the clock of `performance.now()`. */
  at(dueMs: number, action: () => void): void;
}

/** A schedule with one timer and one list for each millisecond: thousands of entries a second cost little. */
export function createSchedule(): Schedule {
  const actionsOf = new Map<number, (() => void)[]>();
  let timer: NodeJS.Timeout | null = null;
  let nextMs = 0;

  function tick(): void {
    timer = null;
    const nowMs = Math.floor(performance.now());
    for (; nextMs <= nowMs; nextMs++) {
      const actions = actionsOf.get(nextMs);
      if (actions === undefined) continue;
      actionsOf.delete(nextMs);
      for (const action of actions) action();
    }
    if (actionsOf.size > 0) timer = setTimeout(tick, 1);
  }

  return {
    at(dueMs, action) {
      if (timer === null) nextMs = Math.floor(performance.now());
      const slot = Math.max(Math.ceil(dueMs), nextMs);
      const actions = actionsOf.get(slot);
      if (actions === undefined) actionsOf.set(slot, [action]);
      else actions.push(action);
      timer ??= setTimeout(tick, 1);
    },
  };
}
