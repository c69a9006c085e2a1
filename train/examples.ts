import { CLIENT, type EntityClass, entityClassOf, type EntityRole, PAIR, SERVER } from '#core/entity-class.ts';
import type { Family } from '#core/family.ts';
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { EntityWindow } from '#detection/entity-windows.ts';
import type { Random } from './random.ts';
import type { TruthOfRow } from './truth-of-capture.ts';
import { scaleWindow } from '#detection/detector.ts';
import { createEntityWindows } from '#detection/entity-windows.ts';
import { createFeatureReader } from '#detection/feature-vector.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';

/** A run has few machines; tables for as many entities as a cluster has would cost more than all else. */
export const FEW_ENTITIES = 2048;

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
  readonly role: EntityRole;
  readonly class: EntityClass;
  /** The how-manieth row of its capture the newest report was. */
  readonly ordinal: number;
}

/** How many windows of one capture may be kept, for each role. */
export interface MostWindows {
  readonly ordinary: number;
  /** Of each family. */
  readonly attack: number;
}

/** A window is an attack's if at least this share of its reports is. */
const ATTACK_SHARE = 0.25;
/** ... and a client's if so many are. */
const LEAST_OF_CLIENT = 3;
const PROBES: ReadonlySet<Family> = new Set(['port-scan', 'host-sweep']);

/**
 * Windows of one capture, by the very code that serves: `observe` every batch, then `finish`. At most so many
 * windows are kept of each role and family, and of ordinary traffic, drawn evenly.
 */
export function createExampleCollector(options: { truthOfRow: TruthOfRow; random: Random; most: MostWindows }): {
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
    minReports: 2,
    minPackets: 20,
    judgeEveryMs: 100,
    maxEntities: FEW_ENTITIES,
    seed: 1,
    onWindow: keep,
  });

  function keep(window: EntityWindow): void {
    sample(window);
    windows.release(window);
  }

  function sample(window: EntityWindow): void {
    const family = labelOf(
      window,
      Array.from(window.ordinals.subarray(0, window.reports), (ordinal) => truths[ordinal]),
    );
    if (family === 'ambiguous') return;
    const key = `${window.role} ${family}`;
    const reservoir = kept.get(key) ?? { seen: 0, examples: [] };
    kept.set(key, reservoir);
    const limit = family === null ? most.ordinary : most.attack;
    // Reservoir sampling (Vitter 1985).
    const place = reservoir.seen < limit ? reservoir.seen : random.integer(0, reservoir.seen);
    reservoir.seen++;
    if (place < limit) reservoir.examples[place] = toExample(window, family);
  }

  function toExample(window: EntityWindow, family: Family | null): Example {
    const input = new Float32Array(WINDOW_LENGTH * reader.width);
    scaleWindow(window, reader, WINDOW_LENGTH, input, 0);
    return {
      input,
      newest: window.raw.slice((window.reports - 1) * reader.width, window.reports * reader.width),
      family,
      role: window.role,
      class: entityClassOf(window.role, window.port),
      ordinal: window.ordinals[window.reports - 1],
    };
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

/** What a window is, from the truth of its reports; ambiguous where too few of them are an attack's. */
export function labelOf(
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
  // A scanned service sees a probe or two: that is no behaviour of its own, and the pair's is that of a failed connection.
  if (PROBES.has(family) && window.role === PAIR) return null;
  if (PROBES.has(family) && window.role === SERVER) return isAttack ? 'ambiguous' : null;
  // One service among others shows nothing of a client: what passes there is the pair's.
  if (window.role === CLIENT && count < LEAST_OF_CLIENT) return 'ambiguous';
  return isAttack ? family : 'ambiguous';
}
