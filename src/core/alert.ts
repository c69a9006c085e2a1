import { z } from 'zod';
import { FAMILIES, SEVERITIES } from './family.ts';
import { Entity, Peer, Reason } from './verdict.ts';

export const ALERT_STATUSES = ['open', 'acknowledged', 'resolved', 'false-positive'] as const;

/** What a person is told: all verdicts of one attack. Times are ISO 8601 in UTC. */
export const Alert = z.object({
  id: z.string(),
  family: z.enum(FAMILIES),
  severity: z.enum(SEVERITIES),
  /** MITRE ATT&CK technique id; empty for `unknown`. */
  technique: z.string(),
  status: z.enum(ALERT_STATUSES),
  /** One sentence for a person: what, who, against whom. */
  message: z.string(),
  /** When the alert was raised, on the clock of the machine (`detect`: packet time). */
  timestamp: z.iso.datetime(),
  /** The side that identifies the attack: the flooded server, the scanning client. */
  entity: Entity,
  /** The other side, most active first, at most 50. */
  peers: z.array(Peer),
  /** Highest of its verdicts. */
  score: z.number(),
  threshold: z.number(),
  /** Lowest of its verdicts. */
  pValue: z.number(),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  /** Distinct flows behind it, as far as they were counted. */
  flows: z.int(),
  /** Verdicts behind it. */
  verdicts: z.int(),
  reasons: z.array(Reason),
});
export type Alert = z.infer<typeof Alert>;
