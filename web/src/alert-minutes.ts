import type { Alert } from '#core/alert.ts';
import type { Family } from '#core/family.ts';

/** The alerts raised in one minute; `minute` counts from the epoch. */
export interface Minute {
  readonly minute: number;
  /** By family, in a fixed order; `below` is how many alerts of other families lie under it in a stack. */
  readonly layers: readonly Layer[];
  readonly total: number;
}

export interface Layer {
  readonly family: Family;
  readonly count: number;
  readonly below: number;
}

/** The last `count` minutes up to and with `lastMinute`, oldest first, empty ones too. */
export function alertsByMinute(alerts: readonly Alert[], lastMinute: number, count: number): Minute[] {
  const groups = Map.groupBy(alerts, ({ timestamp }) => Math.floor(Date.parse(timestamp) / 60_000));
  return Array.from({ length: count }, (_, index) => {
    const minute = lastMinute - count + 1 + index;
    const raised = groups.get(minute) ?? [];
    return { minute, layers: layersOf(raised), total: raised.length };
  });
}

function layersOf(alerts: readonly Alert[]): Layer[] {
  const byFamily = [...Map.groupBy(alerts, ({ family }) => family)].toSorted(([a], [b]) => a.localeCompare(b));
  let below = 0;
  return byFamily.map(([family, { length: count }]) => {
    const layer = { family, count, below };
    below += count;
    return layer;
  });
}
