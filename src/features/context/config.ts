import { z } from 'zod';

export const EntityCountersConfig = z.strictObject({
  maxEntities: z
    .int()
    .min(64)
    .max(1_000_000)
    .default(16_384)
    .describe(
      'Clients and servers remembered at once, each, rounded up to a power of two; beyond it the least active leave. 0.8 kB each.',
    ),
  seed: z
    .int()
    .min(0)
    .max(0xffff_ffff)
    .nullable()
    .default(null)
    .describe(
      'Seed of the hash of addresses and ports; null draws one, so that nobody outside can aim at one entity or hide a scan.',
    ),
});
export type EntityCountersConfig = z.infer<typeof EntityCountersConfig>;
