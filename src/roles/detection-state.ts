/**
 * What detection keeps over a restart, in its state folder: what is usual for each workload, what its ordinary traffic
 * scores, and where drift stands. Read at the start, written every minute and at the end.
 */
import { join } from 'node:path';
import type { Log } from '#core/log.ts';
import { SERVER } from '#core/entity-class.ts';
import { reasonOf } from '#core/error.ts';
import { StoredBaselines } from '#detection/baselines.ts';
import { readBenignRecord, writeBenignRecord } from '#detection/benign-record.ts';
import { createBenignRecorder } from '#detection/benign-recorder.ts';
import { readCurrentCalibration } from '#detection/calibration-store.ts';
import type { Calibration } from '#detection/calibration.ts';
import { createDrift, type Drift } from '#detection/drift.ts';
import { readDriftRecord, writeDriftRecord } from '#detection/drift-record.ts';
import type { Judgement } from '#detection/judge.ts';
import type { Model } from '#detection/model.ts';
import { readStateFile, writeStateFile } from '#detection/state-file.ts';

export interface DetectionState {
  readonly calibration: Calibration;
  readonly baselines: StoredBaselines | null;
  readonly drift: Drift;
  observe(judgement: Judgement): void;
  /** Writes all of it now; `baselines` is what the detector learned. A folder that takes nothing is logged, and tried again. */
  save(baselines: StoredBaselines): Promise<void>;
}

/** ADWIN's and Page-Hinkley's: about one false notice in some years. */
const DRIFT_DELTA = 0.002;

/** @throws KubeSecureError `bad-input` naming a file that is not whole */
export async function openDetectionState(stateDir: string, model: Model, log: Log): Promise<DetectionState> {
  const { sha256 } = model.card;
  const inUse = await readCurrentCalibration(stateDir, model.calibration);
  if (inUse.notice !== null) log.warn({ version: inUse.version }, inUse.notice);
  const baselines = await readStateFile(baselinesFile(stateDir), StoredBaselines);
  const earlier = await readBenignRecord(stateDir);
  const recorder = createBenignRecorder({
    modelSha256: sha256,
    contractHash: model.contract.hash,
    earlier: earlier?.record ?? null,
    random: Math.random,
  });
  const drift = createDrift({
    basis: `${sha256}/${inUse.version ?? 'shipped'}`,
    delta: DRIFT_DELTA,
    onDrift: (event) => log.warn(event, event.message),
    earlier: await readDriftRecord(stateDir),
  });

  return {
    calibration: inUse.calibration,
    baselines,
    drift,
    observe(judgement) {
      recorder.observe(judgement);
      if (judgement.flagged) return;
      drift.observeScore(judgement.role === SERVER ? 'server' : 'client', judgement.score, judgement.atUs);
    },
    async save(learned) {
      const record = recorder.record();
      try {
        await writeStateFile(baselinesFile(stateDir), learned);
        if (record !== null) await writeBenignRecord(stateDir, record);
        await writeDriftRecord(stateDir, drift.record());
      } catch (error) {
        log.error({ error: reasonOf(error) }, 'What detection learned could not be kept; it is tried again.');
      }
    },
  };
}

function baselinesFile(stateDir: string): string {
  return join(stateDir, 'baselines.json');
}
