import { z } from 'zod';
import { AlertsConfig } from '#alerts/config.ts';
import { ApiConfig } from '#api/config.ts';
import { CaptureConfig } from '#capture/config.ts';
import { ClusterConfig } from '#cluster/config.ts';
import { DetectionConfig } from '#detection/config.ts';
import { EntityCountersConfig } from '#features/context/config.ts';
import { FlowsConfig } from '#flows/config.ts';
import { NotifyConfig } from '#notify/config.ts';
import { ResponseConfig } from '#response/config.ts';
import { StoreConfig } from '#store/config.ts';
import { TelemetryConfig } from '#telemetry/config.ts';

/** All settings: each stage states its own, here they stand in the order of the data's way. */
export const Config = z.strictObject({
  capture: CaptureConfig.prefault({}),
  flows: FlowsConfig.prefault({}),
  features: z.strictObject({ entities: EntityCountersConfig.prefault({}) }).prefault({}),
  detection: DetectionConfig.prefault({}),
  alerts: AlertsConfig.prefault({}),
  notify: NotifyConfig.prefault({}),
  response: ResponseConfig.prefault({}),
  cluster: ClusterConfig.prefault({}),
  store: StoreConfig.prefault({}),
  api: ApiConfig.prefault({}),
  telemetry: TelemetryConfig.prefault({}),
});
export type Config = z.infer<typeof Config>;
