import { type EntityClass, forEachClass } from '#core/entity-class.ts';
import type { BenignClass, BenignRecord } from './benign-record.ts';
import type { Judgement } from './judge.ts';

/** Keeps what judgements say of a cluster's own traffic, so that an operator can make it the new measure. */
export interface BenignRecorder {
  observe(judgement: Judgement): void;
  /** Everything since the beginning; null before the first judgement. */
  record(): BenignRecord | null;
}

/** Scores kept of a class: an even sample of all. */
const MOST_SCORES = 5000;
/** Entity-hours kept of a class; beyond it the calmest half is forgotten, and their number with it. */
const MOST_EPISODES = 20_000;
const HOUR_US = 3600e6;
/** An entity's windows are alike: one in so long stands for it, lest one odd entity speak for all of its class. */
const SCORE_EVERY_US = HOUR_US / 10;

interface Hour {
  readonly class: EntityClass;
  readonly hour: number;
  model: number;
  novelty: number;
  flagged: boolean;
  /** When a score of it was last sampled. */
  sampledUs: number;
}

/**
 * Goes on from the record of an earlier run, if it is of the same model. `random` draws the samples, 0 to 1. An entity
 * counts for an hour of its class if it was judged in it.
 */
export function createBenignRecorder(options: {
  readonly modelSha256: string;
  readonly contractHash: string;
  readonly earlier: BenignRecord | null;
  readonly random: () => number;
}): BenignRecorder {
  const { modelSha256, contractHash, random } = options;
  const earlier =
    options.earlier?.modelSha256 === modelSha256 && options.earlier.contractHash === contractHash
      ? options.earlier
      : null;
  const classes = forEachClass((name) => structuredClone(earlier?.classes[name]) ?? emptyClass());
  const seen = forEachClass((name) => {
    const { model, novelty } = classes[name];
    return { model: model.scores.length, novelty: novelty.scores.length };
  });
  /** By slot: the hour that each entity is in. */
  const hours = new Map<number, Hour & { generation: number }>();
  let since = earlier === null ? Infinity : Date.parse(earlier.since) * 1000;
  let until = earlier === null ? -Infinity : Date.parse(earlier.until) * 1000;

  function observe(judgement: Judgement): void {
    const { class: name, slot, generation, atUs, evidence, flagged } = judgement;
    since = Math.min(since, atUs);
    until = Math.max(until, atUs);
    const hour = Math.floor(atUs / HOUR_US);
    const known = hours.get(slot);
    let sampledUs = known?.generation === generation ? known.sampledUs : -Infinity;
    if (!flagged && Math.abs(atUs - sampledUs) >= SCORE_EVERY_US) {
      sample(name, judgement.score, judgement.distance);
      sampledUs = atUs;
    }
    if (known !== undefined && (known.generation !== generation || known.hour !== hour)) endHour(known);
    if (known?.generation === generation && known.hour === hour) {
      known.model = Math.max(known.model, evidence.model);
      known.novelty = Math.max(known.novelty, evidence.novelty);
      known.flagged ||= flagged;
      known.sampledUs = sampledUs;
    } else {
      const { model, novelty } = evidence;
      hours.set(slot, { class: name, hour, generation, model, novelty, flagged, sampledUs });
    }
  }

  /** Reservoir sampling (Vitter 1985). */
  function sample(name: EntityClass, score: number, distance: number | null): void {
    const { model, novelty } = classes[name];
    keep(model.scores, seen[name].model++, score);
    if (distance !== null) keep(novelty.scores, seen[name].novelty++, distance);
  }

  function keep(scores: number[], before: number, score: number): void {
    const place = scores.length < MOST_SCORES ? scores.length : Math.floor(random() * (before + 1));
    if (place < MOST_SCORES) scores[place] = rounded(score);
  }

  function endHour({ class: name, model, novelty, flagged }: Hour): void {
    addHour(classes[name], { model, novelty, flagged });
  }

  return {
    observe,
    record() {
      if (until < since) return null;
      const snapshot = structuredClone(classes);
      for (const hour of hours.values()) addHour(snapshot[hour.class], hour);
      return {
        modelSha256,
        contractHash,
        since: new Date(since / 1000).toISOString(),
        until: new Date(until / 1000).toISOString(),
        classes: snapshot,
      };
    },
  };
}

function addHour(into: BenignClass, { model, novelty, flagged }: Pick<Hour, 'model' | 'novelty' | 'flagged'>): void {
  into.hours++;
  for (const [detector, evidence] of [
    ['model', model],
    ['novelty', novelty],
  ] as const) {
    if (evidence <= 0) continue;
    const episodes = flagged ? into.flagged[detector] : into[detector].episodes;
    episodes.push(rounded(evidence));
    if (episodes.length > MOST_EPISODES) {
      episodes.sort((a, b) => b - a);
      episodes.length = MOST_EPISODES / 2;
    }
  }
}

function emptyClass(): BenignClass {
  const record = () => ({ scores: [], episodes: [] });
  return { model: record(), novelty: record(), flagged: { model: [], novelty: [] }, hours: 0 };
}

function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
