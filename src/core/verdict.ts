import { z } from 'zod';
import { FAMILIES } from './family.ts';

/** The client or the server side whose behaviour is judged. */
export const Entity = z.object({
  side: z.enum(['client', 'server']),
  ip: z.string(),
  /** The service's port for a server; null for a client, whose ports come and go. */
  port: z.int().min(0).max(65535).nullable(),
  /** `namespace/kind/name` where the cluster's inventory knows the address, else null. */
  workload: z.string().nullable(),
});
export type Entity = z.infer<typeof Entity>;

/** Somebody on the other end of the entity's flows, and how many of the judged flow reports were with it. */
export const Peer = z.object({ ip: z.string(), port: z.int().nullable(), flows: z.int() });
export type Peer = z.infer<typeof Peer>;

/** One feature that sets this entity apart: its value now and what is usual, both in the feature's own unit. */
export const Reason = z.object({ feature: z.string(), value: z.number(), usual: z.number() });
export type Reason = z.infer<typeof Reason>;

/** One judgement on one entity at one moment. Only judgements above the threshold leave `detection`. */
export const Verdict = z.object({
  entity: Entity,
  family: z.enum(FAMILIES),
  /** The entity's evidence as a share of the most that is counted, 0 to 1. */
  score: z.number(),
  /** The score above which a verdict is given: it follows from the budget of false alerts. */
  threshold: z.number(),
  /** Share of ordinary windows that look at least as odd as this one (split conformal); never below 1 / (n + 1). */
  pValue: z.number(),
  /** Packet time of the judgement, microseconds since the epoch. */
  atUs: z.number(),
  /** Packet time of the first packet of the first flow that was judged, microseconds since the epoch. */
  firstUs: z.number(),
  /** Flows of this entity that were reported for the first time since its previous judgement. */
  flows: z.int(),
  /** The most frequent peers of the judged window, most frequent first, at most 10. */
  peers: z.array(Peer),
  /** At most five, the furthest from usual first. */
  reasons: z.array(Reason),
});
export type Verdict = z.infer<typeof Verdict>;
