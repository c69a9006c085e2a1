import { z } from 'zod';
import { parseDuration } from '#core/duration.ts';
import { RateLimit } from '#core/decision.ts';
import { KubeSecureError } from '#core/error.ts';
import { FAMILIES } from '#core/family.ts';
import { rangeOf } from '#core/address-range.ts';
import { problemOfLimit } from './limit.ts';

/** The shortest and the longest time a limit may hold. */
export const MIN_TTL_MS = 10_000;
export const MAX_TTL_MS = 24 * 3_600_000;

const Limit = z
  .strictObject({
    rps: RateLimit.shape.rps.default(null).describe('Requests per second and client; exactly one of rps and rpm.'),
    rpm: RateLimit.shape.rpm.default(null).describe('Requests per minute and client.'),
    burst: RateLimit.shape.burst.default(null).describe('Requests that may come at once above the rate.'),
    connections: RateLimit.shape.connections.default(null).describe('Concurrent connections per client.'),
  })
  .refine((limit) => problemOfLimit(limit) === null, 'exactly one of rps and rpm must be set');

const Ttl = z
  .string()
  .refine((text) => durationWithin(text, MIN_TTL_MS, MAX_TTL_MS), 'expected a duration from 10s to 24h, such as 10m');
const Delay = z
  .string()
  .refine((text) => durationWithin(text, 1, 3_600_000), 'expected a duration from 1ms to 1h, such as 30s');

const Rule = z.strictObject({
  family: z.enum(FAMILIES).describe('Alerts of this family lead to the limit.'),
  limit: Limit,
  ttl: Ttl.default('10m').describe('How long the limit holds, as a duration from 10s to 24h.'),
});

const Target = z.strictObject({
  address: z
    .string()
    .refine((text) => rangeOf(text) !== null, 'expected an IP address or a CIDR range')
    .describe('Address or CIDR range of the victim.'),
  port: z.int().min(1).max(65535).nullable().default(null).describe('Port of the victim; null for any.'),
  namespace: z.string().min(1).describe('Namespace of the Ingress that leads to it.'),
  ingress: z.string().min(1).describe('Name of the Ingress that leads to it.'),
});

/** Settings of automatic and manual decisions. */
export const ResponseConfig = z.strictObject({
  mode: z
    .enum(['dry-run', 'enforce'])
    .default('dry-run')
    .describe("What rules may do: only say what they would do, or do it. A person's own word always acts."),
  rules: z
    .array(Rule)
    .default([{ family: 'http-flood', limit: { rps: 10, rpm: null, burst: 20, connections: null }, ttl: '10m' }])
    .describe('Which family of alerts leads to which limit; the first that fits is taken.'),
  targets: z
    .array(Target)
    .default([])
    .describe('Which Ingress leads to which victim; goes before what the cluster itself says.'),
  never: z
    .array(z.string().min(1))
    .default(['kube-system'])
    .describe('Namespaces whose Ingresses are never touched, not even on a person’s word.'),
  maxActive: z.int().min(1).max(1000).default(20).describe('Limits that rules may hold at the same time.'),
  manualTtl: Ttl.default('10m').describe("How long a person's limit holds unless said, as a duration."),
  retry: z
    .strictObject({
      firstDelay: Delay.default('1s').describe('Wait after the first failure; doubled each time, as a duration.'),
      maxDelay: Delay.default('60s').describe('Longest wait between two attempts, as a duration.'),
    })
    .default({ firstDelay: '1s', maxDelay: '60s' })
    .describe('When what failed is tried again.'),
});
export type ResponseConfig = z.infer<typeof ResponseConfig>;
export type ResponseRule = ResponseConfig['rules'][number];

function durationWithin(text: string, minMs: number, maxMs: number): boolean {
  try {
    const ms = parseDuration(text);
    return ms >= minMs && ms <= maxMs;
  } catch (error) {
    if (error instanceof KubeSecureError) return false;
    throw error;
  }
}
