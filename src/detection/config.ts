import { z } from 'zod';

export const DetectionConfig = z.strictObject({
  modelDir: z.string().min(1).default('models/clstm').describe('Folder of the model, its contract and calibration.'),
  stateDir: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "Folder of what detection learns while it runs: each workload's baseline, and calibrations made on an operator's " +
        'word. null: a folder `detection` beside the database. `detect` neither reads nor writes it.',
    ),
  falseAlertsPerDay: z
    .number()
    .positive()
    .max(1000)
    .default(1)
    .describe('The budget: how many alerts a day about ordinary traffic you put up with. Thresholds follow from it.'),
  workloads: z
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('The workloads that share the budget: about as many as the watched cluster has.'),
  judgeEveryMs: z
    .int()
    .min(50)
    .max(60_000)
    .default(500)
    .describe('An entity is judged at most once in this much packet time, milliseconds.'),
  minReports: z
    .int()
    .min(1)
    .max(64)
    .default(3)
    .describe('Flow reports an entity must have had before it is judged, so that a spoofed source costs nothing...'),
  minPackets: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(30)
    .describe('... unless one of its flows has this many packets: a flood may be a single flow.'),
  novelty: z
    .boolean()
    .default(true)
    .describe("Whether traffic that is far from a workload's own baseline is evidence, too, whatever the model says."),
  maxEntities: z
    .int()
    .min(64)
    .max(1_000_000)
    .default(16_384)
    .describe('Clients, servers and pairs of them, together, whose last flows are kept; about 5 kB each.'),
  threads: z.int().min(1).max(16).default(1).describe('Threads of the model runtime.'),
});
export type DetectionConfig = z.infer<typeof DetectionConfig>;
