import { expect, test } from 'vitest';
import { FLOW_FACTS, sealContract } from '#core/feature-contract.ts';
import type { EntityWindow } from './entity-windows.ts';
import { createPlausibility } from './plausible-families.ts';

const features = FLOW_FACTS.map((name, column) => {
  return { name, unit: '', source: 'flow', column, transform: 'identity', min: 0, max: 1, scale: 1 } as const;
});
const plausible = createPlausibility(sealContract(1, features), ['syn-flood', 'udp-flood', 'icmp-flood', 'port-scan']);

const isNew = 'first report of flow';

/** Each report is the first of a flow. */
function windowOf(...transports: ('TCP' | 'UDP' | 'ICMP')[]): EntityWindow {
  const rows = transports.map((transport) => FLOW_FACTS.map((fact) => (fact === transport || fact === isNew ? 1 : 0)));
  return { raw: Float32Array.from(rows.flat()), reports: rows.length } as EntityWindow;
}

test('a flood is plausible only where one of its packets is', () => {
  expect(plausible(windowOf('TCP', 'TCP', 'TCP', 'TCP'))).toEqual([true, false, false, true]);
  expect(plausible(windowOf('TCP', 'TCP', 'TCP', 'TCP', 'UDP'))).toEqual([true, true, false, true]);
  expect(plausible(windowOf('ICMP'))).toEqual([false, false, true, true]);
});

test('a few half-open connections are no SYN flood', () => {
  const [flood] = plausible(windowOf('TCP', 'TCP', 'TCP', 'UDP', 'UDP'));
  expect(flood).toBe(false);
});
