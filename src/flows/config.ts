import { z } from 'zod';
import { FLOWS_DEFAULTS } from './defaults.ts';

/** Settings of the flow table. Timeouts are packet time. */
export const FlowsConfig = z.strictObject({
  capacity: z
    .int()
    .min(16)
    .max(4_194_304)
    .default(FLOWS_DEFAULTS.capacity)
    .describe('Flows of two or more packets held at once, 512 bytes each; the least valuable give way'),
  seeds: z
    .int()
    .min(16)
    .max(4_194_304)
    .default(FLOWS_DEFAULTS.seeds)
    .describe('Flows of a single packet held at once, 64 bytes each; the oldest give way'),
  idleTimeoutMs: z
    .int()
    .min(100)
    .max(1_800_000)
    .default(FLOWS_DEFAULTS.idleTimeoutMs)
    .describe('A quiet flow ends after this, milliseconds'),
  halfOpenTimeoutMs: z
    .int()
    .min(100)
    .max(1_800_000)
    .default(FLOWS_DEFAULTS.halfOpenTimeoutMs)
    .describe('A TCP flow without an established connection ends after this, milliseconds'),
  activeTimeoutMs: z
    .int()
    .min(1000)
    .max(1_800_000)
    .default(FLOWS_DEFAULTS.activeTimeoutMs)
    .describe('A flow that goes on is cut after this, milliseconds'),
  lingerMs: z
    .int()
    .min(0)
    .max(60_000)
    .default(FLOWS_DEFAULTS.lingerMs)
    .describe('How long a closed flow waits for late packets, milliseconds'),
  firstReportMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(FLOWS_DEFAULTS.firstReportMs)
    .describe('Age at which an open flow is reported for the first time, milliseconds'),
  sweepMs: z
    .int()
    .min(10)
    .max(10_000)
    .default(FLOWS_DEFAULTS.sweepMs)
    .describe('How often open flows are looked at, milliseconds'),
});
export type FlowsConfig = z.infer<typeof FlowsConfig>;
