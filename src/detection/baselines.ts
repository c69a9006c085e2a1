import { z } from 'zod';
import { type Baseline, newBaseline, type Prior } from './baseline.ts';

/** The records as they are kept on disk between two runs. */
export const StoredBaselines = z.strictObject({
  contractHash: z.string(),
  /** By entity: `client NAME` or `server NAME:PORT/PROTOCOL`, the name being the workload's, or else the address. */
  entities: z.record(
    z.string(),
    z.strictObject({ windows: z.int(), median: z.array(z.number()), spread: z.array(z.number()) }),
  ),
});
export type StoredBaselines = z.infer<typeof StoredBaselines>;

export interface Baselines {
  /** The entity's record, made from the prior where there is none. */
  of(entity: string, prior: Prior): Baseline;
  readonly size: number;
  /** Records that taught anything, for `restore`. */
  store(): StoredBaselines;
}

/** At most `capacity` records; the one that was looked at longest ago goes first. A store of other features is ignored. */
export function createBaselines(capacity: number, contractHash: string, stored: StoredBaselines | null): Baselines {
  /** Least recently used first. */
  const records = new Map<string, Baseline>();
  if (stored?.contractHash === contractHash) {
    for (const [entity, { windows, median, spread }] of Object.entries(stored.entities).slice(-capacity)) {
      records.set(entity, {
        windows,
        lastTaughtUs: -Infinity,
        median: Float32Array.from(median),
        spread: Float32Array.from(spread),
      });
    }
  }

  return {
    of(entity, prior) {
      const record = records.get(entity) ?? newBaseline(prior);
      records.delete(entity);
      records.set(entity, record);
      if (records.size > capacity) records.delete(records.keys().next().value ?? entity);
      return record;
    },
    get size() {
      return records.size;
    },
    store: () => ({
      contractHash,
      entities: Object.fromEntries(
        [...records]
          .filter(([, { windows }]) => windows > 0)
          .map(([entity, { windows, median, spread }]) => [
            entity,
            { windows, median: rounded(median), spread: rounded(spread) },
          ]),
      ),
    }),
  };
}

function rounded(values: Float32Array): number[] {
  return Array.from(values, (value) => Number(value.toPrecision(4)));
}
