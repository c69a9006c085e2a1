import type { FeatureBatch } from '#core/feature-batch.ts';
import type { FlowReporter } from '#core/flow-record.ts';
import type { EntityCountersConfig } from '#features/context/config.ts';
import { createEntityCounters, type EntityCounters } from '#features/context/entity-counters.ts';
import { appendFeatureRow } from './feature-rows.ts';

/** Rows of one batch: 256 kB. */
export const BATCH_ROWS = 256;

/** Rows are counted so many at a time: the code of flows, features and counters together is more than a first-level cache. */
const RUN_ROWS = 32;

/** Turns flow reports into rows of the batch that `current` gives; `onFull` takes it when it has no more room. */
export interface RowWriter {
  readonly report: FlowReporter;
  readonly entities: EntityCounters;
  /** Hands the rows so far on, if there are any. */
  flush(): void;
}

export function createRowWriter(
  settings: EntityCountersConfig,
  current: () => FeatureBatch,
  onFull: (batch: FeatureBatch) => void,
): RowWriter {
  const entities = createEntityCounters(settings);
  let counted = 0;

  function handOn(batch: FeatureBatch): void {
    countRest(batch);
    counted = 0;
    onFull(batch);
  }

  function countRest(batch: FeatureBatch): void {
    while (counted < batch.count) entities.observe(batch, counted++);
  }

  return {
    entities,
    report(memory, base, ending, reportedUs) {
      const batch = current();
      appendFeatureRow(batch, memory, base, ending, reportedUs);
      if (batch.count === batch.startUs.length) handOn(batch);
      else if (batch.count - counted === RUN_ROWS) countRest(batch);
    },
    flush() {
      const batch = current();
      if (batch.count > 0) handOn(batch);
    },
  };
}
