import { z } from 'zod';

/** Settings of what is said to the operator beside the alerts. */
export const TelemetryConfig = z.strictObject({
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('warn')
    .describe('Least severe line that is logged: debug, info, warn or error. Logs are JSON Lines on standard error.'),
});
export type TelemetryConfig = z.infer<typeof TelemetryConfig>;
