import { z } from 'zod';
import { FAMILIES } from './family.ts';

/** An Ingress, by namespace and name. */
export const IngressRef = z.object({ namespace: z.string(), name: z.string() });
export type IngressRef = z.infer<typeof IngressRef>;

/** A limit per client address. Exactly one of `rps` and `rpm` is set. */
export const RateLimit = z.object({
  /** Requests per second. */
  rps: z.int().positive().max(1_000_000).nullable(),
  /** Requests per minute. */
  rpm: z.int().positive().max(1_000_000).nullable(),
  /** Requests that may come at once above the rate; null leaves the controller's default. */
  burst: z.int().positive().max(1_000_000).nullable(),
  /** Concurrent connections; null leaves them alone. */
  connections: z.int().positive().max(1_000_000).nullable(),
});
export type RateLimit = z.infer<typeof RateLimit>;

/**
 * planned: stored, not yet done. simulated: a dry run. applied: in force. expired, reverted: undone, by the clock or by
 * a person. failed: could not be done; tried again until its time is up. superseded: a newer decision took its place.
 * refused: it must not be done (already stricter, or never ours to touch).
 */
export const DECISION_STATES = [
  'planned',
  'simulated',
  'applied',
  'expired',
  'reverted',
  'failed',
  'superseded',
  'refused',
] as const;
export type DecisionState = (typeof DECISION_STATES)[number];

/** One annotation as it stood before us: `value` null where there was none. */
export const PreviousValue = z.object({
  key: z.string(),
  value: z.string().nullable(),
  /** The field manager that owned it, and how it wrote it; null where nobody did. */
  owner: z.object({ manager: z.string(), operation: z.enum(['Apply', 'Update']) }).nullable(),
});
export type PreviousValue = z.infer<typeof PreviousValue>;

/** What is done about an attack, for how long. Times are ISO 8601 in UTC. */
export const Decision = z.object({
  id: z.string(),
  /** The alert that caused it; null for a person's own word. */
  alertId: z.string().nullable(),
  family: z.enum(FAMILIES).nullable(),
  /** `rule` for an automatic decision, else the person's name. */
  origin: z.string(),
  provider: z.literal('ingress-nginx'),
  /** Null where no Ingress is known to lead to the victim (a dry run without a cluster). */
  target: IngressRef.nullable(),
  /** The victim in words, e.g. `10.77.0.10:80`. */
  victim: z.string(),
  limit: RateLimit,
  dryRun: z.boolean(),
  state: z.enum(DECISION_STATES),
  /** Why it is in this state, in words; empty where the state says it all. */
  reason: z.string(),
  createdAt: z.iso.datetime(),
  /** When it ends by itself. */
  until: z.iso.datetime(),
  /** When the last change of state happened. */
  changedAt: z.iso.datetime(),
  /** Failed attempts so far, and when the next one is due. */
  attempts: z.int(),
  nextAttemptAt: z.iso.datetime().nullable(),
  /** What we wrote: annotation key to value. Empty until it is known. */
  written: z.record(z.string(), z.string()),
  /** What stood there before, to be put back exactly. Stored before the Ingress is changed. */
  previous: z.array(PreviousValue),
  /** Who asked for its end before its time; there while (and after) the undo is owed for that reason. */
  revertAskedBy: z.string().optional(),
});
export type Decision = z.infer<typeof Decision>;

/** One line of the append-only audit log. */
export const AuditEntry = z.object({
  at: z.iso.datetime(),
  /** Who: `rule`, `clock`, `start-up`, or a person's name. */
  actor: z.string(),
  /** What, e.g. `decision.applied`, `login.failed`. */
  action: z.string(),
  /** On what, e.g. `ingress shop/web` or an alert's id. */
  subject: z.string(),
  decisionId: z.string().nullable(),
  detail: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
