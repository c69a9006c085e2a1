import { z } from 'zod';

export const DetectionConfig = z.strictObject({
  modelDir: z.string().min(1).default('models/clstm').describe('Folder of the model, its contract and calibration.'),
  judgeEveryMs: z
    .int()
    .min(50)
    .max(60_000)
    .default(500)
    .describe('An entity is judged at most once in this much packet time, milliseconds.'),
  minFlows: z
    .int()
    .min(1)
    .max(64)
    .default(5)
    .describe('Flows an entity must have had before it is judged, so that a spoofed source costs nothing...'),
  minPackets: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(300)
    .describe('... unless one of its flows has this many packets: a flood may be a single flow.'),
  evidence: z
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe(
      'Judgements above the threshold in a row before a verdict is given; one is enough if all its flows are new.',
    ),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .default(null)
    .describe('Score above which a judgement counts, 0 to 1; null takes the one from calibration.'),
  maxEntities: z
    .int()
    .min(64)
    .max(1_000_000)
    .default(16_384)
    .describe('Clients and servers, together, whose last flows are kept; about 4 kB each.'),
  threads: z.int().min(1).max(16).default(1).describe('Threads of the model runtime.'),
});
export type DetectionConfig = z.infer<typeof DetectionConfig>;
