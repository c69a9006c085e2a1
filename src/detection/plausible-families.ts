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

/** A flood of SYNs is made of new flows: two that stay half-open, reported again and again, are none. */
const LEAST_NEW_FLOWS: Partial<Record<Family, number>> = { 'syn-flood': 4 };

/**
 * Says for each family whether the window holds flows that it could be made of. What the model puts on the others is
 * no evidence: it was never shown, say, a UDP flood without a datagram.
 */
export function createPlausibility(
  contract: FeatureContract,
  families: readonly Family[],
): (window: EntityWindow) => boolean[] {
  const width = contract.features.length;
  const isNew = columnOf(contract, 'first report of flow');
  const needs = families.map((family) => {
    const fact = NEEDS[family];
    const least = LEAST_NEW_FLOWS[family] ?? 0;
    return fact === undefined ? null : { column: columnOf(contract, fact), least };
  });
  return ({ raw, reports }) =>
    needs.map((need) => {
      if (need === null) return true;
      let fitting = 0;
      let fresh = 0;
      for (let at = 0; at < reports * width; at += width) {
        if (raw[at + need.column] <= 0) continue;
        fitting++;
        if (raw[at + isNew] > 0) fresh++;
      }
      return fitting > 0 && fresh >= need.least;
    });
}

function columnOf(contract: FeatureContract, fact: (typeof FLOW_FACTS)[number]): number {
  const column = FLOW_FACTS.indexOf(fact);
  return contract.features.findIndex((feature) => feature.source === 'flow' && feature.column === column);
}
