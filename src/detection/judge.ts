import { formatAddress } from '#core/address.ts';
import { type EntityClass, entityClassOf, type EntityRole, SERVER } from '#core/entity-class.ts';
import type { Family } from '#core/family.ts';
import type { FeatureContract } from '#core/feature-contract.ts';
import type { Verdict } from '#core/verdict.ts';
import { type Baseline, distanceFrom, type Prior, teach, WARM_UP_WINDOWS } from './baseline.ts';
import { createBaselines, type StoredBaselines } from './baselines.ts';
import { type Calibration, pValueOf, smallestBudget, thresholdFor } from './calibration.ts';
import type { DetectionConfig } from './config.ts';
import type { EntityWindow } from './entity-windows.ts';
import { createEvidence, type EntityEvidence } from './evidence.ts';
import type { FeatureReader } from './feature-vector.ts';
import { createPlausibility } from './plausible-families.ts';
import { peersOf, reasonsOf } from './reasons.ts';

export interface Judge {
  /**
   * Weighs one window: the model's probabilities (benign first) and the scaled values of its newest report, from
   * `newest` on in `scaled`. A verdict where the entity's evidence is beyond its class's threshold, else null.
   */
  judge(window: EntityWindow, probabilities: Float32Array, scaled: Float32Array, newest: number): Verdict | null;
  baselines(): StoredBaselines;
  /** What an operator should know of the thresholds; null when the calibration supports the budget. */
  readonly notice: string | null;
}

/** One judged window, for those who keep statistics of them. */
export interface Judgement {
  readonly class: EntityClass;
  readonly role: EntityRole;
  readonly slot: number;
  readonly generation: number;
  readonly atUs: number;
  /** The model's probability of an attack, and the distance from the entity's baseline; null while that warms up. */
  readonly score: number;
  readonly distance: number | null;
  /** What each may say of this window, in nats: the model's word as far as ordinary scores allow. Not weighed yet. */
  readonly odds: { readonly model: number; readonly novelty: number };
  /** Evidence after this window, in nats. */
  readonly evidence: { readonly model: number; readonly novelty: number };
  /** Whether it was enough for a verdict. */
  readonly flagged: boolean;
}

export interface JudgeOptions {
  readonly contract: FeatureContract;
  readonly reader: FeatureReader;
  readonly families: readonly Family[];
  readonly calibration: Calibration;
  readonly settings: DetectionConfig;
  readonly baselines: StoredBaselines | null;
  readonly workloadOf: (ip: string) => string | null;
  readonly onJudgement: (judgement: Judgement, window: EntityWindow) => void;
}

/** A window is no evidence, nor against it, if one in fifty ordinary ones looks as odd. */
const EVEN_P = 0.02;
/** Evidence goes this far beyond its threshold and no further, so that it ends soon after the attack. */
const HEADROOM = 6;
/** A family must have gathered this many times as much as the one given before, for an attack that fades looks like others. */
const CHANGE_OF_MIND = 1.5;
/** Below this share of what was put on attacks, a family is only a guess. */
const CERTAIN_SHARE = 0.3;
const MOST_BASELINES = 10_000;
const REASONS_EVERY_US = 1e6;
const NAMES_EVERY_US = 60e6;

/** Who has a slot, as last looked up. */
interface Known {
  readonly generation: number;
  readonly atUs: number;
  readonly ip: string;
  readonly workload: string | null;
  readonly baseline: Baseline;
}

export function createJudge(options: JudgeOptions): Judge {
  const { contract, reader, families, calibration, settings, workloadOf, onJudgement } = options;
  const plausible = createPlausibility(contract, families);
  const evidence = createEvidence();
  const baselines = createBaselines(MOST_BASELINES, contract.hash, options.baselines);
  const classes = classLimits(calibration, contract, reader, settings);
  const contextFrom = contract.features.findIndex(({ source }) => source === 'context');
  const regularity = contract.features.findIndex(({ name }) => name.startsWith('variation of the gaps')) - contextFrom;
  const onFamilies = new Float32Array(families.length);
  /** By slot. */
  const entities = new Map<number, Known>();

  function judge(window: EntityWindow, probabilities: Float32Array, scaled: Float32Array, newest: number) {
    const entityClass = entityClassOf(window.role, window.port);
    const isServer = window.role === SERVER;
    const limits = classes[entityClass];
    const { ip, workload, baseline } = known(window, limits);

    const score = weigh(probabilities, plausible(window), onFamilies);
    const isWarm = baseline.windows >= WARM_UP_WINDOWS;
    const distance = isWarm ? distanceFrom(baseline, scaled, newest + contextFrom, regularity) : null;
    const noveltyP = distance === null ? 1 : pValueOf(distance, limits.novelty);
    const odds = {
      model: Math.min(logOdds(score), oddsByRank(score, limits.scores)),
      novelty: settings.novelty && isWarm ? Math.log(EVEN_P / noveltyP) : -Infinity,
    };
    const record = evidence.add(window, odds, onFamilies, limits.ceiling);
    const byModel = record !== null && record.model > limits.model;
    const byNovelty = record !== null && record.novelty > limits.noveltyEvidence;
    const flagged = byModel || byNovelty;

    // What gathers evidence never teaches: an attack must not become usual while it is being told.
    if (record === null) teach(baseline, scaled, newest + contextFrom, window.atUs);
    onJudgement(
      {
        class: entityClass,
        role: window.role,
        slot: window.slot,
        generation: window.generation,
        atUs: window.atUs,
        score,
        distance,
        odds,
        evidence: { model: record?.model ?? 0, novelty: record?.novelty ?? 0 },
        flagged,
      },
      window,
    );
    if (record === null || !flagged) return null;

    const family = nameFamily(record, byModel, families);
    const flows = record.flows;
    record.flows = 0;
    const decisive = byModel ? record.model : record.novelty;
    const threshold = byModel ? limits.model : limits.noveltyEvidence;
    return {
      entity: {
        side: isServer ? ('server' as const) : ('client' as const),
        ip,
        port: isServer ? window.port : null,
        workload,
      },
      family,
      score: decisive / (threshold + HEADROOM),
      threshold: threshold / (threshold + HEADROOM),
      pValue: byModel ? pValueOf(score, limits.scores) : noveltyP,
      atUs: window.atUs,
      firstUs: window.firstUs,
      flows,
      peers: peersOf(window),
      reasons: reasonsFor(record, window, baseline, limits),
    };
  }

  /** Names are looked up once a minute: a window every half second would cost as much in text as in numbers. */
  function known(window: EntityWindow, { prior }: ClassLimits): Known {
    const earlier = entities.get(window.slot);
    if (earlier?.generation === window.generation && Math.abs(window.atUs - earlier.atUs) < NAMES_EVERY_US)
      return earlier;
    const ip = formatAddress(window.address, 0);
    const workload = workloadOf(ip);
    const name = workload ?? ip;
    const key = window.role === SERVER ? `server ${name}:${window.port}/${window.protocol}` : `client ${name}`;
    const { slot, generation, atUs } = window;
    const entity = { generation, atUs, ip, workload, baseline: baselines.of(key, prior) };
    entities.set(slot, entity);
    return entity;
  }

  /** They cost more than the model does, and hardly change within a second. */
  function reasonsFor(record: EntityEvidence, window: EntityWindow, baseline: Baseline, limits: ClassLimits) {
    if (record.reasons === null || Math.abs(window.atUs - record.reasonsUs) >= REASONS_EVERY_US) {
      record.reasons = reasonsOf(window, contract, reader, usualFor(baseline, limits, contextFrom));
      record.reasonsUs = window.atUs;
    }
    return record.reasons;
  }

  return {
    judge,
    baselines: () => baselines.store(),
    notice: noticeOf(calibration, settings, Object.values(classes)),
  };
}

/** Everything that judging a class needs, worked out once. */
interface ClassLimits {
  readonly scores: readonly number[];
  readonly novelty: readonly number[];
  readonly model: number;
  readonly noveltyEvidence: number;
  readonly extrapolated: boolean;
  readonly ceiling: { readonly model: number; readonly novelty: number };
  /** All features, scaled; and of those the context's. */
  readonly usual: Prior;
  readonly prior: Prior;
}

function classLimits(
  { classes, hours }: Calibration,
  contract: FeatureContract,
  reader: FeatureReader,
  budget: DetectionConfig,
): Record<EntityClass, ClassLimits> {
  const contextFrom = contract.features.findIndex(({ source }) => source === 'context');
  const entries = Object.entries(classes).map(([name, { model, novelty, usual }]) => {
    const median = new Float32Array(reader.width);
    const raw = Float32Array.from(usual, (feature) => feature.median);
    reader.scale(raw, 0, median, 0);
    const spread = Float32Array.from(usual, (feature) => feature.spread);
    const byModel = thresholdFor(model, hours[name as EntityClass], budget);
    const byNovelty = thresholdFor(novelty, hours[name as EntityClass], budget);
    const limits: ClassLimits = {
      scores: model.scores,
      novelty: novelty.scores,
      model: byModel.evidence,
      noveltyEvidence: byNovelty.evidence,
      extrapolated: byModel.extrapolated || byNovelty.extrapolated,
      ceiling: { model: byModel.evidence + HEADROOM, novelty: byNovelty.evidence + HEADROOM },
      usual: { median, spread },
      prior: { median: median.subarray(contextFrom), spread: spread.subarray(contextFrom) },
    };
    return [name, limits] as const;
  });
  return Object.fromEntries(entries) as Record<EntityClass, ClassLimits>;
}

/** Reasons hold a workload against itself a little earlier than novelty does, a new one against its class. */
const OWN_AFTER_WINDOWS = 10;

function usualFor(baseline: Baseline, { usual }: ClassLimits, contextFrom: number): Prior {
  if (baseline.windows < OWN_AFTER_WINDOWS) return usual;
  const median = usual.median.slice();
  const spread = usual.spread.slice();
  median.set(baseline.median, contextFrom);
  spread.set(baseline.spread, contextFrom);
  return { median, spread };
}

function noticeOf(
  { hours }: Calibration,
  { falseAlertsPerDay, workloads }: DetectionConfig,
  limits: readonly ClassLimits[],
): string | null {
  if (!limits.some(({ extrapolated }) => extrapolated)) return null;
  // A budget is kept only as well as its poorest class.
  const least = Math.min(...Object.values(hours));
  const supported = smallestBudget(least, workloads);
  return (
    `The calibration stands for ${Math.round(least)} workload-hours of ordinary traffic. They vouch for ` +
    `${Math.ceil(supported)} false alerts a day among ${workloads} workloads; for the budget of ${falseAlertsPerDay} the ` +
    'thresholds are extrapolated. `kubesecure model recalibrate` makes them from your own traffic.'
  );
}

/** The probability of an attack that can be; writes what falls to each family, 0 where it cannot. */
function weigh(probabilities: Float32Array, plausible: readonly boolean[], onFamilies: Float32Array): number {
  let score = 0;
  for (let i = 0; i < onFamilies.length; i++) {
    onFamilies[i] = plausible[i] ? probabilities[i + 1] : 0;
    score += onFamilies[i];
  }
  return Math.min(1, score);
}

/** The family that most was put on; the one given before stays until another is clearly ahead. */
function nameFamily(record: EntityEvidence, byModel: boolean, families: readonly Family[]): Family {
  const { families: weights } = record;
  let best = 0;
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i];
    if (weights[i] > weights[best]) best = i;
  }
  if (!byModel && weights[best] < CERTAIN_SHARE) return 'unknown';
  if (weights[best] < CERTAIN_SHARE * total) return 'unknown';
  if (record.given !== null && weights[best] < CHANGE_OF_MIND * weights[record.given]) best = record.given;
  record.given = best;
  return families[best];
}

/**
 * What the model's word may count for, as ordinary windows go that score as high; no bound where none does, for there
 * the p-value says only how many were asked.
 */
function oddsByRank(score: number, descendingScores: readonly number[]): number {
  if (descendingScores.length > 0 && score > descendingScores[0]) return Infinity;
  return Math.log(EVEN_P / pValueOf(score, descendingScores));
}

/** Nats for an attack of this probability, 0 to 1; bounded, so that certainty is no infinity. */
export function logOdds(probability: number): number {
  return Math.log(Math.max(probability, 1e-9) / Math.max(1 - probability, 1e-9));
}
