import { join } from 'node:path';
import { z } from 'zod';
import { ENTITY_CLASSES } from '#core/entity-class.ts';
import { ScoreRecord } from './calibration.ts';
import { readHashedStateFile, writeStateFile } from './state-file.ts';

/** What the model and novelty said of one class of entities while it was watched. */
export const BenignClass = z.strictObject({
  /** Of windows and entities that were not flagged. */
  model: ScoreRecord,
  novelty: ScoreRecord,
  /**
   * The most evidence that each flagged entity gathered in each hour. It is no part of the above: whether it was an attack
   * or a false alert only a person can say. Without it a recalibration would see no hour that reached the threshold.
   */
  flagged: z.strictObject({ model: z.array(z.number().min(0)), novelty: z.array(z.number().min(0)) }),
  /** Hours of all workloads together. */
  hours: z.number().min(0),
});
export type BenignClass = z.infer<typeof BenignClass>;

/** What a running detector keeps for a later recalibration: `benign.json` in the state folder. */
export const BenignRecord = z.strictObject({
  modelSha256: z.string(),
  contractHash: z.string(),
  /** Packet time of the first and the last judgement in it, ISO 8601. */
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  classes: z.partialRecord(z.enum(ENTITY_CLASSES), BenignClass),
});
export type BenignRecord = z.infer<typeof BenignRecord>;

/** Null where nothing was recorded yet. @throws KubeSecureError `bad-input` naming a file that is not whole */
export async function readBenignRecord(stateDir: string): Promise<{ record: BenignRecord; sha256: string } | null> {
  const file = await readHashedStateFile(benignFile(stateDir), BenignRecord);
  return file === null ? null : { record: file.value, sha256: file.sha256 };
}

export function writeBenignRecord(stateDir: string, record: BenignRecord): Promise<void> {
  return writeStateFile(benignFile(stateDir), record);
}

export function benignFile(stateDir: string): string {
  return join(stateDir, 'benign.json');
}
