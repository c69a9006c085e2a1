import { join } from 'node:path';
import { z } from 'zod';
import { AdaptiveWindow } from './adwin.ts';
import { AlertRate } from './alert-rate.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

/** See StreamDrift. */
const StreamMemory = z.strictObject({
  reference: z.number().nullable(),
  sinceUs: z.number().nullable(),
  drifted: z.boolean(),
  drifts: z.int(),
});
export type StreamMemory = z.infer<typeof StreamMemory>;

const ScoreMemory = StreamMemory.extend({ window: AdaptiveWindow });

/**
 * What a restart must not forget, and what `kubesecure model status` tells: `drift.json` in the state folder. `basis` says
 * by which model and calibration it was judged.
 */
export const DriftRecord = z.strictObject({
  basis: z.string(),
  client: ScoreMemory,
  server: ScoreMemory,
  alerts: StreamMemory.extend({ rate: AlertRate }),
});
export type DriftRecord = z.infer<typeof DriftRecord>;

/** Null where nothing was recorded yet. @throws KubeSecureError `bad-input` naming a file that is not whole */
export function readDriftRecord(stateDir: string): Promise<DriftRecord | null> {
  return readStateFile(pathIn(stateDir), DriftRecord);
}

export function writeDriftRecord(stateDir: string, record: DriftRecord): Promise<void> {
  return writeStateFile(pathIn(stateDir), record);
}

function pathIn(stateDir: string): string {
  return join(stateDir, 'drift.json');
}
