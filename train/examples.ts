import type { Family } from '#core/family.ts';
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { EntityWindow } from '#detection/entity-windows.ts';
import type { Random } from './random.ts';
import type { TruthOfRow } from './truth-of-capture.ts';
import { scaleWindow } from '#detection/detector.ts';
import { createEntityWindows } from '#detection/entity-windows.ts';
import { createFeatureReader } from '#detection/feature-vector.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';

/** Flow reports in a window. */
export const WINDOW_LENGTH = 16;

/** A window as the model sees it, and what it really is. */
export interface Example {
  /** WINDOW_LENGTH rows of scaled features. */
  readonly input: Float32Array;
  /** The newest report's raw features. */
  readonly newest: Float32Array;
  /** Null for ordinary traffic. */
  readonly family: Family | null;
  readonly side: 0 | 1;
}

/** A window is an attack's if at least this share of its reports is. */
const ATTACK_SHARE = 0.25;

/**
 * Windows of one capture, by the very code that serves: `observe` every batch, then `finish`. At most `most` ordinary
 * windows and as many of an attack are kept for each side, drawn evenly.
 */
export function createExampleCollector(options: { truthOfRow: TruthOfRow; random: Random; most: number }): {
  observe(batch: FeatureBatch): void;
  finish(): Example[];
} {
  const { truthOfRow, random, most } = options;
  const reader = createFeatureReader(FEATURE_CONTRACT);
  const truths: { family: Family | null; reversed: boolean }[] = [];
  const kept = new Map<string, { seen: number; examples: Example[] }>();

  const windows = createEntityWindows({
    reader,
    length: WINDOW_LENGTH,
    minFlows: 4,
    minPackets: 200,
    judgeEveryMs: 250,
    maxEntities: 16_384,
    seed: 1,
    onWindow: keep,
  });

  function keep(window: EntityWindow): void {
    const family = labelOf(
      window,
      Array.from(window.ordinals, (ordinal) => truths[ordinal]),
    );
    if (family === 'ambiguous') return;
    const key = `${window.side} ${family}`;
    const reservoir = kept.get(key) ?? { seen: 0, examples: [] };
    kept.set(key, reservoir);
    // Reservoir sampling (Vitter 1985).
    const place = reservoir.seen < most ? reservoir.seen : random.integer(0, reservoir.seen);
    reservoir.seen++;
    if (place < most) reservoir.examples[place] = toExample(window, family);
  }

  function toExample(window: EntityWindow, family: Family | null): Example {
    const input = new Float32Array(WINDOW_LENGTH * reader.width);
    scaleWindow(window, reader, WINDOW_LENGTH, input, 0);
    return { input, newest: window.raw.slice((window.reports - 1) * reader.width), family, side: window.side };
  }

  return {
    observe(batch) {
      for (let row = 0; row < batch.count; row++) {
        // Truth first: a window that falls due may hold this very row.
        truths.push(truthOfRow(batch, row));
        windows.observe(batch, row);
      }
    },
    finish() {
      windows.finish();
      return [...kept.values()].flatMap(({ examples }) => examples);
    },
  };
}

/** What a window is, from the truth of its reports. */
function labelOf(
  window: EntityWindow,
  truths: readonly { family: Family | null; reversed: boolean }[],
): Family | null | 'ambiguous' {
  const counts = new Map<Family, number>();
  let reversed = 0;
  for (const truth of truths) {
    if (truth.reversed) reversed++;
    else if (truth.family) counts.set(truth.family, (counts.get(truth.family) ?? 0) + 1);
  }
  if (reversed > 0) return 'ambiguous';
  const [family, count] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? [null, 0];
  if (family === null) return null;

  const isAttack = count / window.reports >= ATTACK_SHARE;
  // A scanned service sees a probe or two: that is no behaviour of its own.
  if (family === 'port-scan' && window.side === 1) return isAttack ? 'ambiguous' : null;
  return isAttack ? family : 'ambiguous';
}
