import { z } from 'zod';

/** Settings of grouping: when verdicts become an alert, and which belong to one attack. All times are packet time. */
export const AlertsConfig = z.strictObject({
  gapSeconds: z
    .number()
    .min(1)
    .max(86_400)
    .default(60)
    .describe('An attack that was not seen for this long is over; the next verdict makes a new alert. Seconds.'),
  minJudgements: z
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe('Judgements at different moments, of one family on the same parties, that open an alert.'),
  judgementSpacingMs: z
    .int()
    .min(0)
    .max(60_000)
    .default(300)
    .describe('Verdicts closer together than this count as one judgement, milliseconds.'),
  minFlows: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(3)
    .describe('Flows that must stand behind an alert, where the family shows in new flows.'),
  certainScore: z
    .number()
    .min(0)
    .max(1)
    .default(0.99)
    .describe('A single verdict with at least this score, and `certainFlows` flows, opens an alert by itself.'),
  certainFlows: z.int().min(1).max(1_000_000).default(7).describe('See `certainScore`.'),
  settleSeconds: z
    .number()
    .min(0)
    .max(600)
    .default(5)
    .describe(
      'While an alert is younger than this, verdicts of another family on the same parties may still rename it, ' +
        'because the first windows of an attack can look like another one. Seconds.',
    ),
  maxOpen: z
    .int()
    .min(1)
    .max(10_000)
    .default(2000)
    .describe('Attacks followed at once; beyond it the one that was quiet for longest is taken to be over.'),
});
export type AlertsConfig = z.infer<typeof AlertsConfig>;
