/**
 * In: judged windows of entities, in packet-time order. Out: how much evidence each entity has gathered. One odd window
 * is no attack; windows that keep saying the same are. Owns a record for each entity that has any evidence.
 */

import type { Reason } from '#core/verdict.ts';

/** What evidence needs to know of a judged window. */
export interface Judged {
  /** Slot and generation name the entity within this process. */
  readonly slot: number;
  readonly generation: number;
  readonly atUs: number;
  /** Reports and flows that the entity's previous window did not have, and the packets of those reports. */
  readonly newReports: number;
  readonly newFlows: number;
  readonly newPackets: number;
}

/** All evidence is in nats: log odds of an attack, added up over what was new in each window, with some forgetting. */
export interface EntityEvidence {
  readonly generation: number;
  atUs: number;
  model: number;
  novelty: number;
  /** What the model has put on each family lately, in the order of the families. */
  readonly families: Float64Array;
  /** Flows that no verdict has counted yet. */
  flows: number;
  /** Index of the family of the last verdict; null before the first. */
  given: number | null;
  /** Why, as last worked out, and when; null before. */
  reasons: Reason[] | null;
  reasonsUs: number;
}

/** A single window can say only so much, for or against. */
const MOST_FOR = 8;
const MOST_AGAINST = -3;
/**
 * Windows of one entity are no independent witnesses: of what earlier ones said, this part is forgotten with each window
 * that is all news. An entity that goes on looking the same gathers 2.5 times what one window says, and no more.
 */
const FORGOTTEN = 0.4;
/**
 * A window with this many new reports is news altogether; one with a single new report of a few packets counts for a
 * quarter. A flood may be one flow, so packets are news, too: each doubling beyond so many counts as a report.
 */
const NEWS = 4;
const PACKETS = 10;
/**
 * Of a burst only the last reports are in the window, but all of them were alike: beyond a window's worth each doubling of
 * new reports counts for another window, up to so many. A scan of a thousand ports may be over in one judgement.
 */
const BURST = 16;
const MOST_WINDOWS = 4;
const HALF_LIFE_US = 600e6;
/** What earlier windows put on a family keeps this part at each judgement. */
const FAMILY_MEMORY = 0.8;

export interface Evidence {
  /**
   * Adds a judgement: the log odds that the model and novelty give, and the model's share for each family. `ceiling` is
   * where evidence stops growing, so that it also ends. Null while the entity has no evidence.
   */
  add(
    window: Judged,
    odds: { readonly model: number; readonly novelty: number },
    families: Float32Array,
    ceiling: { readonly model: number; readonly novelty: number },
  ): EntityEvidence | null;
}

/** Evidence about any number of entities; those without any take no memory. */
export function createEvidence(): Evidence {
  const records = new Map<number, EntityEvidence>();

  return {
    add(window, odds, families, ceiling) {
      const before = records.get(window.slot);
      const known = before?.generation === window.generation ? before : null;
      const weight = weightOf(window);
      const kept = known === null ? 0 : 2 ** (Math.min(0, known.atUs - window.atUs) / HALF_LIFE_US);
      const model = moved((known?.model ?? 0) * kept, odds.model, weight, ceiling.model);
      const novelty = moved((known?.novelty ?? 0) * kept, odds.novelty, weight, ceiling.novelty);
      if (model <= 0 && novelty <= 0) {
        records.delete(window.slot);
        return null;
      }
      const record = known ?? newRecord(window, families.length);
      record.atUs = window.atUs;
      record.model = model;
      record.novelty = novelty;
      record.flows += window.newFlows;
      for (let i = 0; i < families.length; i++) {
        record.families[i] = record.families[i] * FAMILY_MEMORY + Math.min(1, weight) * families[i];
      }
      records.set(window.slot, record);
      return record;
    },
  };
}

function moved(evidence: number, odds: number, weight: number, ceiling: number): number {
  const step = weight * Math.min(MOST_FOR, Math.max(MOST_AGAINST, odds));
  return Math.min(ceiling, Math.max(0, evidence * (1 - FORGOTTEN * Math.min(1, weight)) + step));
}

function weightOf({ newReports, newPackets }: Judged): number {
  const news = newReports + Math.log2(1 + newPackets / PACKETS);
  if (news <= BURST) return Math.min(1, news / NEWS);
  return Math.min(MOST_WINDOWS, 1 + Math.log2(news / BURST));
}

function newRecord({ generation, atUs }: Judged, families: number): EntityEvidence {
  return {
    generation,
    atUs,
    model: 0,
    novelty: 0,
    families: new Float64Array(families),
    flows: 0,
    given: null,
    reasons: null,
    reasonsUs: 0,
  };
}
