import { MOST_DISTINCT } from '#core/feature-batch.ts';

/**
 * The context vector, in order: how an entity behaved lately. "over N s" is an exponentially damped mean with time
 * constant N s. `max` is where a larger value says nothing new.
 */
export const CONTEXT_FEATURES = [
  { name: 'new flows/s over 1 s', unit: 'flows/s', max: 2000 },
  { name: 'new flows/s over 10 s', unit: 'flows/s', max: 2000 },
  { name: 'new flows/s over 60 s', unit: 'flows/s', max: 2000 },
  { name: 'distinct peers over 10 s', unit: 'addresses', max: MOST_DISTINCT },
  { name: 'distinct peers over 60 s', unit: 'addresses', max: MOST_DISTINCT },
  { name: 'distinct peer ports over 10 s', unit: 'ports', max: MOST_DISTINCT },
  { name: 'distinct peer ports over 60 s', unit: 'ports', max: MOST_DISTINCT },
  { name: 'share of flows never established over 10 s', unit: 'share', max: 1 },
  { name: 'share of flows never established over 60 s', unit: 'share', max: 1 },
  { name: 'share of flows without any answer over 10 s', unit: 'share', max: 1 },
  { name: 'share of flows reset over 10 s', unit: 'share', max: 1 },
  { name: 'payload sent over 10 s', unit: 'bytes/s', max: 1e8 },
  { name: 'payload sent over 60 s', unit: 'bytes/s', max: 1e8 },
  { name: 'payload received over 10 s', unit: 'bytes/s', max: 1e8 },
  { name: 'payload received over 60 s', unit: 'bytes/s', max: 1e8 },
  { name: 'packets/s over 1 s', unit: 'packets/s', max: 1e5 },
  { name: 'packets/s over 10 s', unit: 'packets/s', max: 1e5 },
  { name: 'variation of the gaps between flows', unit: 'standard deviation / mean', max: 10 },
  { name: 'flows open at once', unit: 'flows', max: 2000 },
  { name: 'distinct peer ports per new flow over 10 s', unit: 'ports/flow', max: 1 },
  { name: 'distinct peers per new flow over 10 s', unit: 'addresses/flow', max: 1 },
] as const;
