import { z } from 'zod';
import { SuppressionRule } from './suppression-rule.ts';

/** Settings of grouping: which verdicts belong to one attack. All times are packet time. */
export const AlertsConfig = z.strictObject({
  gapSeconds: z
    .number()
    .min(1)
    .max(86_400)
    .default(60)
    .describe(
      'An attack that was not seen for this long is over; the next verdict makes a new alert. Seconds. Slow families ' +
        '(slow-dos, brute-force, dns-tunnel, beacon, exfiltration, reverse-shell, unknown) have 900 at least.',
    ),
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
  suppressions: z
    .array(SuppressionRule)
    .max(1000)
    .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, 'two rules have the same name')
    .default([])
    .describe(
      'Verdicts that raise no alert, a list of `{ name, reason, until, family, client, server, port, side }`. `name`, ' +
        '`reason` and `until` (a date and time at most 366 days ahead, by the clock of the machine; from then on the rule ' +
        'no longer holds) are required, and at least one of `client`, `server` (each an IP address, a CIDR range, or ' +
        'workloads as `namespace/kind/name` where `*` stands for any characters) and `family`; all that is given must hold.',
    ),
});
export type AlertsConfig = z.infer<typeof AlertsConfig>;
