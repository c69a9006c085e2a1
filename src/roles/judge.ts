/** Feature batches come in from the sensor; the detector's verdicts go to the alert desk, in order. */
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { Log } from '#core/log.ts';
import type { AlertDesk } from '#alerts/alert-desk.ts';
import type { Config } from '#config/config.ts';
import { createDetector, type Detector } from '#detection/detector.ts';
import { loadModel, type Model } from '#detection/model.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { modelFolder } from './package-files.ts';
import type { PacketPathSettings } from './packet-path.ts';

/** The model that the settings name, held against the features that this build computes. */
export function openModel({ detection }: Config): Promise<Model> {
  const { modelDir, threads } = detection;
  return loadModel(modelFolder(modelDir), { contract: FEATURE_CONTRACT, threads });
}

/** A detector that begins with nothing and keeps nothing. */
export async function openDetector(settings: Config, log: Log): Promise<Detector> {
  return createDetector({ model: await openModel(settings), settings: settings.detection, log });
}

export async function judgeBatch(detector: Detector, desk: AlertDesk, batch: FeatureBatch): Promise<void> {
  const verdicts = await detector.observe(batch);
  if (verdicts.length > 0) await desk.accept(verdicts);
}

/** The source has ended: what was not judged yet is judged now. */
export async function judgeRest(detector: Detector, desk: AlertDesk): Promise<void> {
  const verdicts = await detector.finish();
  if (verdicts.length > 0) await desk.accept(verdicts);
  await desk.flush();
}

export function packetPathSettings({ capture, flows, features }: Config): PacketPathSettings {
  return { capture, flows, entities: features.entities };
}
