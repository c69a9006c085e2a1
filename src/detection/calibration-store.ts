/**
 * The calibrations that operators made, in `<state folder>/calibrations`: a numbered folder for each, `current` that says
 * which one is in use, and `history.jsonl`. None is ever changed or deleted here; the one that came with the model is
 * always there to go back to.
 */
import { appendFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ENTITY_CLASSES } from '#core/entity-class.ts';
import { KubeSecureError, reasonOf, systemCodeOf } from '#core/error.ts';
import { Calibration } from './calibration.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

/** `why.json` of a version: who made it, when, from what, and why. */
export const Why = z.strictObject({
  who: z.string(),
  at: z.iso.datetime(),
  reason: z.string(),
  /** The version it was made from; null for the one that came with the model. */
  from: z.int().nullable(),
  /** SHA-256 of the record it was made of, and that record's time. */
  recordSha256: z.string(),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  flaggedWere: z.enum(['attacks', 'ordinary', 'none']),
  /** Workload-hours of the classes that took new numbers. */
  hours: z.partialRecord(z.enum(ENTITY_CLASSES), z.number()),
});
export type Why = z.infer<typeof Why>;

const Current = z.strictObject({ version: z.int().positive().nullable() });

export interface CalibrationInUse {
  readonly calibration: Calibration;
  /** Null: the one that came with the model. */
  readonly version: number | null;
  /** Why it is not the version that was chosen, in words for the log; null where it is. */
  readonly notice: string | null;
}

/** One line of `history.jsonl`. Versions are numbers, null the one that came with the model. */
export interface HistoryLine {
  readonly at: string;
  readonly who: string;
  readonly action: 'recalibrate' | 'rollback';
  /** Undefined where it could not be read. */
  readonly from: number | null | undefined;
  readonly to: number | null;
  readonly reason: string;
}

/**
 * The calibration to judge by: the chosen version, or the shipped one. A version that was made with another model than
 * `shipped` is left alone, with a notice: after an upgrade the new model brings its own.
 * @throws KubeSecureError `bad-input` naming the file that is missing, cut short or changed
 */
export async function readCurrentCalibration(stateDir: string, shipped: Calibration): Promise<CalibrationInUse> {
  const chosen = await readChosen(stateDir).catch((error: unknown) => {
    if (!(error instanceof KubeSecureError)) throw error;
    const remedy = '`kubesecure model rollback --to shipped` goes back to the one that came with the model';
    throw new KubeSecureError(error.code, `${error.message}; ${remedy}`, { cause: error });
  });
  if (chosen === null) return shippedInUse(shipped, null);
  const { version, stored } = chosen;
  if (stored.modelSha256 !== shipped.modelSha256 || stored.contractHash !== shipped.contractHash) {
    const notice = `calibration ${version} was made with another model: the one that came with this model is in use`;
    return shippedInUse(shipped, notice);
  }
  return { calibration: stored, version, notice: null };
}

async function readChosen(stateDir: string): Promise<{ version: number; stored: Calibration } | null> {
  const version = await currentVersion(stateDir);
  return version === null ? null : { version, stored: await readVersion(stateDir, version) };
}

/** The version that is chosen; null for the one that came with the model. */
export async function currentVersion(stateDir: string): Promise<number | null> {
  return (await readStateFile(currentFile(stateDir), Current))?.version ?? null;
}

/** @throws KubeSecureError `bad-input` naming the file, `not-found` where there is no such version */
export async function readVersion(stateDir: string, version: number): Promise<Calibration> {
  return present(await readStateFile(versionFile(stateDir, version, 'calibration.json'), Calibration), version);
}

/** @throws KubeSecureError as readVersion */
export async function readWhy(stateDir: string, version: number): Promise<Why> {
  return present(await readStateFile(versionFile(stateDir, version, 'why.json'), Why), version);
}

/** The versions there are, oldest first. */
export async function listVersions(stateDir: string): Promise<number[]> {
  try {
    const names = await readdir(join(stateDir, 'calibrations'));
    return names
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number)
      .toSorted((a, b) => a - b);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Keeps a calibration under the next number, and returns that. It is not in use before `chooseVersion`. */
export async function addVersion(stateDir: string, calibration: Calibration, why: Why): Promise<number> {
  const version = ((await listVersions(stateDir)).at(-1) ?? 0) + 1;
  const folder = join(stateDir, 'calibrations', String(version));
  try {
    await mkdir(join(stateDir, 'calibrations'), { recursive: true, mode: 0o700 });
    // Fails where another call took the number meanwhile.
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const code = systemCodeOf(error) === 'EEXIST' ? 'conflict' : 'unavailable';
    throw new KubeSecureError(code, `while keeping a calibration: ${reasonOf(error)}, ${folder}`, { cause: error });
  }
  await writeStateFile(versionFile(stateDir, version, 'calibration.json'), calibration);
  await writeStateFile(versionFile(stateDir, version, 'why.json'), why);
  return version;
}

/** Puts `line.to` in use from the next start on. The history is written first: it tells what was to be done at least. */
export async function chooseVersion(stateDir: string, line: HistoryLine): Promise<void> {
  const path = join(stateDir, 'calibrations', 'history.jsonl');
  try {
    await mkdir(join(stateDir, 'calibrations'), { recursive: true, mode: 0o700 });
    await appendFile(path, `${JSON.stringify(line)}\n`, { mode: 0o600, flush: true });
  } catch (error) {
    throw new KubeSecureError('unavailable', `while choosing a calibration: ${reasonOf(error)}, ${path}`, {
      cause: error,
    });
  }
  await writeStateFile(currentFile(stateDir), { version: line.to });
}

function shippedInUse(shipped: Calibration, notice: string | null): CalibrationInUse {
  return { calibration: shipped, version: null, notice };
}

function present<T>(value: T | null, version: number): T {
  if (value !== null) return value;
  throw new KubeSecureError(
    'not-found',
    `while reading calibration ${version}: there is no such version, or it is not whole`,
  );
}

function currentFile(stateDir: string): string {
  return join(stateDir, 'calibrations', 'current');
}

function versionFile(stateDir: string, version: number, name: 'calibration.json' | 'why.json'): string {
  return join(stateDir, 'calibrations', String(version), name);
}
