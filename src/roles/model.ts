/** `model status|recalibrate|versions|rollback`: what judges, by which numbers, and an operator's word on that. */
import { systemClock } from '#core/clock.ts';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import type { Config } from '#config/config.ts';
import { benignFile, type BenignRecord, readBenignRecord } from '#detection/benign-record.ts';
import {
  addVersion,
  chooseVersion,
  currentVersion,
  listVersions,
  readCurrentCalibration,
  readVersion,
  readWhy,
  type Why,
} from '#detection/calibration-store.ts';
import { statesOf } from '#detection/drift.ts';
import { readDriftRecord } from '#detection/drift-record.ts';
import { loadModel, type Model } from '#detection/model.ts';
import { type FlaggedMeaning, recalibrate } from '#detection/recalibration.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { calibrationName, changeLines, driftLines, hoursWords, recordLines, versionLine } from './model-words.ts';
import { modelFolder } from './package-files.ts';
import { stateFolder } from './state-folder.ts';

/** Prints the model, the calibration in use, what was recorded since, and drift. */
export async function modelStatus(settings: Config): Promise<void> {
  const stateDir = stateFolder(settings);
  const { card, calibration } = await readModel(settings);
  const inUse = await readCurrentCalibration(stateDir, calibration);
  const [file, drift] = await Promise.all([readBenignRecord(stateDir), readDriftRecord(stateDir)]);
  const { falseAlertsPerDay, workloads } = settings.detection;
  say(
    `model          ${modelFolder(settings.detection.modelDir)}, seed ${card.seed}, trained ${card.trainedAt}`,
    `SHA-256        ${card.sha256}`,
    `families       ${card.families.join(', ')}`,
    `judges by      ${calibrationName(inUse.version)}`,
    ...(inUse.notice === null ? [] : [`               ${inUse.notice}`]),
    `workload-hours ${hoursWords(inUse.calibration.hours)}`,
    `budget         ${falseAlertsPerDay} false alerts a day for ${workloads} workloads`,
    ...recordLines(file?.record ?? null),
    ...driftLines(drift === null ? null : statesOf(drift)),
  );
}

export interface RecalibrationRequest {
  readonly reason: string;
  /** What the flagged hours of the record were; null where nobody said. */
  readonly flagged: FlaggedMeaning | null;
  readonly dryRun: boolean;
  /** Without it nothing is done but shown. */
  readonly confirmed: boolean;
  readonly who: string;
}

/**
 * Makes a calibration of what was recorded, and puts it in use from the next start on.
 * @throws KubeSecureError `not-found` without a record, `bad-input` for one of another model or with too few hours,
 * `usage` while something is not said that must be
 */
export async function recalibrateModel(settings: Config, request: RecalibrationRequest): Promise<void> {
  const stateDir = stateFolder(settings);
  const { falseAlertsPerDay, workloads } = settings.detection;
  const { card, calibration, contract } = await readModel(settings);
  const inUse = await readCurrentCalibration(stateDir, calibration);
  const { record, sha256 } = await recordFor(stateDir, card.sha256, contract.hash);
  const flaggedHours = flaggedIn(record);
  const { classes, hours, changes } = recalibrate(inUse, record, request.flagged ?? 'attacks', {
    falseAlertsPerDay,
    workloads,
  });

  say(`From ${calibrationName(inUse.version)}, by what was seen from ${record.since} to ${record.until}:`);
  say(...changeLines(changes, workloads));
  if (changes.every(({ kept }) => kept !== null)) {
    throw new KubeSecureError('bad-input', 'while recalibrating: no class has enough hours; nothing was changed');
  }
  if (flaggedHours > 0 && request.flagged === null) {
    const said = `${flaggedHours} hours of an entity were flagged and are not in these numbers`;
    const question =
      'say what they were: --flagged attacks leaves them out, --flagged ordinary counts them as ordinary';
    if (!request.dryRun) throw new KubeSecureError('usage', `while recalibrating: ${said}; ${question}`);
    say(`${said}: ${question}.`);
  }
  if (request.dryRun) return say('Nothing was changed (dry run).');
  if (!request.confirmed) {
    throw new KubeSecureError('usage', 'while recalibrating: nothing was changed; add --yes to do it');
  }

  const at = new Date(systemClock.now()).toISOString();
  const taken = changes.filter(({ kept }) => kept === null);
  const version = await addVersion(
    stateDir,
    { modelSha256: card.sha256, contractHash: contract.hash, hours, classes },
    {
      who: request.who,
      at,
      reason: request.reason,
      from: inUse.version,
      recordSha256: sha256,
      since: record.since,
      until: record.until,
      flaggedWere: flaggedHours === 0 ? 'none' : (request.flagged ?? 'none'),
      hours: Object.fromEntries(taken.map((change) => [change.class, change.hours])),
    },
  );
  const { who, reason } = request;
  await chooseVersion(stateDir, { at, who, action: 'recalibrate', from: inUse.version, to: version, reason });
  say(`Calibration ${version} is in use from the next start of \`kubesecure up\` on.`);
  say('`kubesecure model rollback` goes back.');
}

/** Lists the calibrations, newest first; the one in use has a star. */
export async function modelVersions(settings: Config): Promise<void> {
  const stateDir = stateFolder(settings);
  const current = await currentVersion(stateDir).catch(reasonUnknown);
  for (const version of (await listVersions(stateDir)).toReversed()) {
    const why = await readWholeVersion(stateDir, version).catch((error: unknown) => reasonOf(error));
    say(versionLine(version, version === current, why));
  }
  say(`${current === null ? '*' : ' '}  shipped  the one that came with the model`);
}

/**
 * Puts an earlier calibration in use from the next start on: `to`, or where that is null the one that the current one was
 * made from.
 * @throws KubeSecureError naming the file, where that is not whole or of another model
 */
export async function rollBackModel(
  settings: Config,
  { to, reason, who }: { to: number | 'shipped' | null; reason: string; who: string },
): Promise<void> {
  const stateDir = stateFolder(settings);
  const from = to === null ? await currentVersion(stateDir) : await currentVersion(stateDir).catch(reasonUnknown);
  const target = to === null ? await versionBefore(stateDir, from ?? null) : to === 'shipped' ? null : to;
  if (target !== null) {
    const { card, contract } = await readModel(settings);
    const stored = await readVersion(stateDir, target);
    if (stored.modelSha256 !== card.sha256 || stored.contractHash !== contract.hash) {
      throw new KubeSecureError('bad-input', `while going back: calibration ${target} was made with another model`);
    }
  }
  const at = new Date(systemClock.now()).toISOString();
  await chooseVersion(stateDir, { at, who, action: 'rollback', from, to: target, reason });
  say(`In use from the next start of \`kubesecure up\` on: ${calibrationName(target)}.`);
}

async function readWholeVersion(stateDir: string, version: number): Promise<Why> {
  await readVersion(stateDir, version);
  return readWhy(stateDir, version);
}

async function versionBefore(stateDir: string, current: number | null): Promise<number | null> {
  if (current !== null) return (await readWhy(stateDir, current)).from;
  throw new KubeSecureError('usage', 'while going back: the calibration that came with the model is in use already');
}

/** A `current` that cannot be read must not stand in the way of mending it. */
function reasonUnknown(error: unknown): undefined {
  if (!(error instanceof KubeSecureError)) throw error;
  return undefined;
}

async function recordFor(
  stateDir: string,
  modelSha256: string,
  contractHash: string,
): Promise<{ record: BenignRecord; sha256: string }> {
  const file = await readBenignRecord(stateDir);
  const path = benignFile(stateDir);
  if (file === null) {
    const what = `nothing was recorded yet; \`kubesecure up\` records while it runs, ${path}`;
    throw new KubeSecureError('not-found', `while recalibrating: ${what}`);
  }
  if (file.record.modelSha256 !== modelSha256 || file.record.contractHash !== contractHash) {
    const what = `what was recorded was judged by another model; \`kubesecure up\` begins a new record, ${path}`;
    throw new KubeSecureError('bad-input', `while recalibrating: ${what}`);
  }
  return file;
}

function flaggedIn({ classes }: BenignRecord): number {
  return Object.values(classes).reduce(
    (sum, seen) => sum + Math.max(seen?.flagged.model.length ?? 0, seen?.flagged.novelty.length ?? 0),
    0,
  );
}

/** The files of the model, checked; it judges nothing here. */
async function readModel(settings: Config): Promise<Pick<Model, 'card' | 'calibration' | 'contract'>> {
  const model = await loadModel(modelFolder(settings.detection.modelDir), { contract: FEATURE_CONTRACT, threads: 1 });
  await model.close();
  return model;
}

function say(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
