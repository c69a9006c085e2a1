import type { Family } from '#core/family.ts';
import { FLOW_FACTS, type FeatureContract } from '#core/feature-contract.ts';
import type { EntityWindow } from './entity-windows.ts';

/** Families that can only be made of flows of which this fact is true. */
const NEEDS: Partial<Record<Family, (typeof FLOW_FACTS)[number]>> = {
  'syn-flood': 'TCP',
  'http-flood': 'TCP',
  'udp-flood': 'UDP',
  'icmp-flood': 'ICMP',
  'slow-dos': 'TCP',
  'brute-force': 'TCP',
  'web-attack': 'TCP',
  'reverse-shell': 'TCP',
  'dns-tunnel': 'DNS service',
};

/**
 * Says for each family whether the window holds a flow that it could be made of. What the model puts on the others is
 * no evidence: it was never shown, say, a UDP flood without a datagram.
 */
export function createPlausibility(
  contract: FeatureContract,
  families: readonly Family[],
): (window: EntityWindow) => boolean[] {
  const width = contract.features.length;
  const columns = families.map((family) => {
    const fact = NEEDS[family];
    if (fact === undefined) return null;
    const column = FLOW_FACTS.indexOf(fact);
    return contract.features.findIndex((feature) => feature.source === 'flow' && feature.column === column);
  });
  return ({ raw, reports }) =>
    columns.map((column) => {
      if (column === null) return true;
      for (let report = 0; report < reports; report++) if (raw[report * width + column] > 0) return true;
      return false;
    });
}
