import { expect, test } from 'vitest';
import { CIC_WIDTH, CONTEXT_WIDTH } from '#core/feature-batch.ts';
import { FLOW_FACTS, WINDOW_FACTS, sealContract } from '#core/feature-contract.ts';
import { CIC_COLUMNS } from './cic/columns.ts';
import { CONTEXT_FEATURES } from './context/context-features.ts';
import { diffContracts, FEATURE_CONTRACT } from './contract.ts';

test('a contract does not differ from itself', () => {
  expect(diffContracts(FEATURE_CONTRACT, structuredClone(FEATURE_CONTRACT))).toBeNull();
});

test('a difference names the first feature that differs, and what differs', () => {
  const { features, version } = FEATURE_CONTRACT;
  const rescaled = sealContract(
    version,
    features.map((feature, i) => (i === 15 ? { ...feature, scale: 99 } : feature)),
  );
  const swapped = sealContract(version, [features[1], features[0], ...features.slice(2)]);

  expect(rescaled.hash).not.toBe(FEATURE_CONTRACT.hash);
  expect(diffContracts(FEATURE_CONTRACT, rescaled)).toBe(
    `feature 15 "packets from server": scale is 99, expected ${features[15].scale}`,
  );
  expect(diffContracts(FEATURE_CONTRACT, swapped)).toBe('feature 0 is "judged as server", expected "present"');
  expect(diffContracts(FEATURE_CONTRACT, sealContract(version, features.slice(0, -1)))).toMatch(
    /^feature \d+ ".*" is missing$/,
  );
  expect(diffContracts(FEATURE_CONTRACT, sealContract(version + 1, features))).toMatch(/^version is/);
  expect(diffContracts(FEATURE_CONTRACT, { ...FEATURE_CONTRACT, hash: 'other' })).toMatch(/^hash is other/);
});

test('every feature has its own name and reads a column that is there', () => {
  const { features } = FEATURE_CONTRACT;
  const widths = { cic: CIC_WIDTH, context: CONTEXT_WIDTH, flow: FLOW_FACTS.length, window: WINDOW_FACTS.length };
  expect(new Set(features.map(({ name }) => name)).size).toBe(features.length);
  for (const { source, column } of features) expect(column).toBeLessThan(widths[source]);
  expect(CONTEXT_FEATURES.length).toBe(CONTEXT_WIDTH);
});

test('the CIC columns read are those their names promise', () => {
  const first = CIC_COLUMNS.indexOf('Flow Duration');
  const read = FEATURE_CONTRACT.features.filter(({ source }) => source === 'cic');
  expect(read.map(({ column }) => CIC_COLUMNS[first + column])).toEqual([
    'Flow Duration',
    'Total Fwd Packet',
    'Total Bwd packets',
    'Total Length of Fwd Packet',
    'Total Length of Bwd Packet',
    'Fwd Packet Length Max',
    'Fwd Packet Length Mean',
    'Bwd Packet Length Max',
    'Bwd Packet Length Mean',
    'Flow IAT Mean',
    'Flow IAT Std',
    'Flow IAT Max',
    'Fwd IAT Mean',
    'Bwd IAT Mean',
    'Fwd PSH Flags',
    'Bwd PSH Flags',
    'Fwd RST Flags',
    'Bwd RST Flags',
    'FIN Flag Count',
    'SYN Flag Count',
    'ACK Flag Count',
    'Down/Up Ratio',
    'Fwd Act Data Pkts',
    'Bwd Act Data Pkts',
    'Idle Mean',
    'Total TCP Retrans. Count',
  ]);
});

test('no address, port number or time of day is among the features', () => {
  for (const { source, column } of FEATURE_CONTRACT.features.filter((feature) => feature.source === 'cic')) {
    expect(source).toBe('cic');
    expect(['Src IP', 'Src Port', 'Dst IP', 'Dst Port', 'Timestamp', 'Label']).not.toContain(CIC_COLUMNS[7 + column]);
  }
});
