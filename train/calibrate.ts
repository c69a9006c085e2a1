import { type EntityClass, forEachClass } from '#core/entity-class.ts';
import type { FeatureBatch } from '#core/feature-batch.ts';
import { silentLog } from '#core/log.ts';
import { type Calibration, ClassCalibration, ScoreRecord } from '#detection/calibration.ts';
import { DetectionConfig } from '#detection/config.ts';
import { FEW_ENTITIES } from './examples.ts';
import { createDetector } from '#detection/detector.ts';
import { createFeatureReader } from '#detection/feature-vector.ts';
import type { Judgement } from '#detection/judge.ts';
import type { Model } from '#detection/model.ts';

/** Ordinary traffic, as the detection stage sees it. */
export interface OrdinaryTraffic {
  readonly batches: () => Iterable<FeatureBatch>;
  /** Hours that it lasted, times the machines in it. */
  readonly workloadHours: number;
}

/** A calibration file need not hold more scores than this; the sample is drawn evenly. */
const MOST_SCORES = 5000;
/** Windows of one capture and class that count towards what is usual: a long one must not outweigh all others. */
const MOST_OF_CAPTURE = 200;
/**
 * Scores kept of one entity: its windows are alike, and one that was misjudged for an hour would else speak for all of its
 * class.
 */
const MOST_OF_ENTITY = 10;
/** Scaled to reach the same spread as a standard deviation, if values were normal. */
const MAD_TO_DEVIATION = 1.4826;

/**
 * Runs the detection stage as it serves over ordinary traffic that the model was not trained on. Three passes: what is
 * usual, then how far windows lie from it, then how much evidence gathers; each needs the one before.
 */
export async function calibrate(model: Model, traffic: readonly OrdinaryTraffic[]): Promise<Calibration> {
  const { contract, card } = model;
  const workloadHours = traffic.reduce((sum, part) => sum + part.workloadHours, 0);
  const base = { modelSha256: card.sha256, contractHash: contract.hash, hours: forEachClass(() => workloadHours) };
  const neutral = contract.features.map(() => ({ median: 0, spread: 1 }));
  const empty = ClassCalibration.parse({ model: emptyRecord(), novelty: emptyRecord(), usual: neutral });

  const first = await passOver(traffic, { ...model, calibration: { ...base, classes: forEachClass(() => empty) } });
  const usual = forEachClass((name) => usualOf(model, first[name].rows));
  const withUsual = forEachClass((name): ClassCalibration => ({ ...empty, usual: usual[name] }));
  const second = await passOver(traffic, { ...model, calibration: { ...base, classes: withUsual } });
  const withScores = forEachClass((name): ClassCalibration => ({
    model: { scores: thinned(second[name].scores), episodes: [] },
    novelty: { scores: thinned(second[name].distances), episodes: [] },
    usual: usual[name],
  }));
  const third = await passOver(traffic, { ...model, calibration: { ...base, classes: withScores } });

  const classes = forEachClass((name): ClassCalibration => ({
    model: { ...withScores[name].model, episodes: descending(third[name].episodes.map(({ model: m }) => m)) },
    novelty: { ...withScores[name].novelty, episodes: descending(third[name].episodes.map(({ novelty: n }) => n)) },
    usual: usual[name],
  }));
  return { ...base, classes };
}

interface Seen {
  readonly scores: number[];
  readonly distances: number[];
  /** Raw features of newest reports. */
  readonly rows: Float32Array[];
  readonly episodes: { model: number; novelty: number }[];
}

async function passOver(traffic: readonly OrdinaryTraffic[], model: Model): Promise<Record<EntityClass, Seen>> {
  const seen = forEachClass((): Seen => ({ scores: [], distances: [], rows: [], episodes: [] }));
  // Evidence must be free to grow beyond any threshold, so the budget is as small as it can be.
  const settings = DetectionConfig.parse({ falseAlertsPerDay: 1e-6, maxEntities: FEW_ENTITIES });
  const { length: width } = model.contract.features;
  for (const { batches } of traffic) {
    const entities = new Map<string, EntityScores>();
    const episodes = new Map<string, { model: number; novelty: number }>();
    const counted = new Map<EntityClass, number>();
    const detector = createDetector({
      model: { ...model, close: () => Promise.resolve() },
      settings,
      log: silentLog,
      seed: 1,
      onJudgement: (judgement, window) => {
        const own = seen[judgement.class];
        const count = (counted.get(judgement.class) ?? 0) + 1;
        counted.set(judgement.class, count);
        noteScores(entities, judgement);
        if (count <= MOST_OF_CAPTURE)
          own.rows.push(window.raw.slice((window.reports - 1) * width, window.reports * width));
        noteEpisode(episodes, own, judgement);
      },
    });
    for (const batch of batches()) await detector.observe(batch);
    await detector.finish();
    for (const entity of entities.values()) {
      seen[entity.class].scores.push(...evenly(entity.scores, MOST_OF_ENTITY));
      seen[entity.class].distances.push(...evenly(entity.distances, MOST_OF_ENTITY));
    }
  }
  return seen;
}

/** What the windows of one entity scored, in the order of time. */
interface EntityScores {
  readonly class: EntityClass;
  readonly scores: number[];
  readonly distances: number[];
}

function noteScores(entities: Map<string, EntityScores>, judgement: Judgement): void {
  const key = `${judgement.slot} ${judgement.generation}`;
  const entity = entities.get(key) ?? { class: judgement.class, scores: [], distances: [] };
  entities.set(key, entity);
  entity.scores.push(judgement.score);
  if (judgement.distance !== null) entity.distances.push(judgement.distance);
}

/** One entity, one hour: the most evidence in it is one episode. */
function noteEpisode(
  episodes: Map<string, { model: number; novelty: number }>,
  own: Seen,
  { slot, generation, atUs, evidence }: Judgement,
): void {
  const key = `${slot} ${generation} ${Math.floor(atUs / 3600e6)}`;
  let episode = episodes.get(key);
  if (episode === undefined) {
    episode = { model: 0, novelty: 0 };
    episodes.set(key, episode);
    own.episodes.push(episode);
  }
  episode.model = Math.max(episode.model, evidence.model);
  episode.novelty = Math.max(episode.novelty, evidence.novelty);
}

function usualOf({ contract }: Model, rows: readonly Float32Array[]): ClassCalibration['usual'] {
  const reader = createFeatureReader(contract);
  const scaled = rows.map((row) => {
    const values = new Float32Array(reader.width);
    reader.scale(row, 0, values, 0);
    return values;
  });
  return contract.features.map((_, i) => {
    if (rows.length === 0) return { median: 0, spread: 1 };
    const middle = medianOf(scaled.map((row) => row[i]));
    const deviation = medianOf(scaled.map((row) => Math.abs(row[i] - middle)));
    return {
      median: Number(medianOf(rows.map((row) => (Number.isFinite(row[i]) ? row[i] : 0))).toPrecision(5)),
      spread: Number((deviation * MAD_TO_DEVIATION).toPrecision(5)),
    };
  });
}

function thinned(scores: readonly number[]): number[] {
  const sorted = scores.toSorted((a, b) => b - a);
  return evenly(sorted, MOST_SCORES).map(rounded);
}

/** At most so many of the values, evenly drawn, in their order. */
function evenly(values: readonly number[], most: number): number[] {
  const count = Math.min(most, values.length);
  return Array.from({ length: count }, (_, i) => values[Math.floor((i * values.length) / count)]);
}

function descending(values: readonly number[]): number[] {
  return values
    .filter((value) => value > 0)
    .toSorted((a, b) => b - a)
    .map(rounded);
}

function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

function medianOf(values: number[]): number {
  return Float64Array.from(values).toSorted()[values.length >> 1];
}

function emptyRecord(): ScoreRecord {
  return { scores: [], episodes: [] };
}
