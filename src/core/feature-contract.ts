import { createHash } from 'node:crypto';
import { z } from 'zod';

/**
 * One number of the model's input: which column it is read from, and how the raw value becomes a small one:
 * `t(clamp(x, min, max)) / scale`, where t is log(1 + x) or nothing.
 */
export const FeatureSpec = z.strictObject({
  /** In words a person reads, with the unit. */
  name: z.string(),
  /** `cic`: the CIC vector; `context`: the context vector of the judged side; the others: see FLOW_FACTS, WINDOW_FACTS. */
  source: z.enum(['cic', 'context', 'flow', 'window']),
  /** Position in its source. */
  column: z.int().min(0),
  transform: z.enum(['log1p', 'identity']),
  min: z.number(),
  max: z.number(),
  scale: z.number().positive(),
});
export type FeatureSpec = z.infer<typeof FeatureSpec>;

/** The ordered input of the model. Two contracts are the same when their hashes are. */
export const FeatureContract = z.strictObject({
  version: z.int().positive(),
  /** SHA-256 over version and features, hexadecimal. */
  hash: z.string(),
  features: z.array(FeatureSpec),
});
export type FeatureContract = z.infer<typeof FeatureContract>;

/** The columns of the source `flow`, by position; all are 0 or 1. `present` tells a report from padding. */
export const FLOW_FACTS = [
  'present',
  'judged as server',
  'TCP',
  'UDP',
  'ICMP',
  'flow still open',
  'first report of flow',
  'DNS service',
  'web service',
  'service with a login',
  'client outside',
  'server outside',
  'judged as pair',
] as const;

/**
 * The columns of the source `window`: how a report follows those before it. The gap runs from the latest start of a flow in
 * the window so far to this flow's start; 0 for a later report of a flow.
 */
export const WINDOW_FACTS = [{ name: 'gap since the flow before (us)', max: 6e8 }] as const;

/** The contract with these features, its hash computed. */
export function sealContract(version: number, features: readonly FeatureSpec[]): FeatureContract {
  const text = JSON.stringify([version, features.map(canonical)]);
  return { version, hash: createHash('sha256').update(text).digest('hex'), features: [...features] };
}

/** The first difference between two contracts in words, naming the feature; null when they are the same. */
export function diffContracts(expected: FeatureContract, actual: FeatureContract): string | null {
  const length = Math.max(expected.features.length, actual.features.length);
  for (let i = 0; i < length; i++) {
    const want = expected.features.at(i);
    const have = actual.features.at(i);
    if (want === undefined) return `feature ${i} "${have?.name}" is not known here`;
    if (have === undefined) return `feature ${i} "${want.name}" is missing`;
    if (want.name !== have.name) return `feature ${i} is "${have.name}", expected "${want.name}"`;
    const field = differingField(want, have);
    if (field) return `feature ${i} "${want.name}": ${field} is ${have[field]}, expected ${want[field]}`;
  }
  if (expected.version !== actual.version) return `version is ${actual.version}, expected ${expected.version}`;
  if (expected.hash !== actual.hash) return `hash is ${actual.hash}, expected ${expected.hash}`;
  return null;
}

const FIELDS = ['name', 'source', 'column', 'transform', 'min', 'max', 'scale'] as const;

function differingField(want: FeatureSpec, have: FeatureSpec): (typeof FIELDS)[number] | undefined {
  return FIELDS.find((field) => want[field] !== have[field]);
}

function canonical(feature: FeatureSpec): unknown[] {
  return FIELDS.map((field) => feature[field]);
}
