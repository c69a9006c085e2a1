import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatAddress } from '#core/address.ts';
import { CLIENT, ENTITY_ROLES, PAIR, SERVER } from '#core/entity-class.ts';
import { createFeatureBatch, type FeatureBatch } from '#core/feature-batch.ts';
import { FeatureContract } from '#core/feature-contract.ts';
import { createEntityWindows, type EntityWindow } from './entity-windows.ts';
import { createFeatureReader } from './feature-vector.ts';

const contract = FeatureContract.parse(JSON.parse(readFileSync('models/clstm/contract.json', 'utf8')));
const reader = createFeatureReader(contract);
const GAP = contract.features.findIndex(({ source }) => source === 'window');

interface Flow {
  readonly to: string;
  readonly port: number;
  readonly atS: number;
}

const bytesOf = (ip: string) => [255, 255, ...ip.split('.').map(Number)];

/** Flows of 10.0.0.1. */
function batchOf(flows: readonly Flow[]): FeatureBatch {
  const batch = createFeatureBatch(flows.length);
  batch.count = flows.length;
  flows.forEach(({ to, port, atS }, row) => {
    batch.startUs[row] = 1e15 + atS * 1e6;
    batch.reportedUs[row] = batch.startUs[row];
    batch.clientAddress.set(bytesOf('10.0.0.1'), row * 16 + 10);
    batch.serverAddress.set(bytesOf(to), row * 16 + 10);
    batch.serverPort[row] = port;
    batch.protocol[row] = 6;
  });
  return batch;
}

/** The last window of each entity that was judged, by role, address, first peer and port. */
function windowsOf(flows: readonly Flow[]): Map<string, EntityWindow> {
  const seen = new Map<string, EntityWindow>();
  const windows = createEntityWindows({
    reader,
    length: 16,
    minReports: 3,
    minPackets: 30,
    judgeEveryMs: 500,
    maxEntities: 1024,
    seed: 1,
    onWindow(window) {
      const peer = formatAddress(window.peerAddresses, 0);
      const name = `${ENTITY_ROLES[window.role]} ${formatAddress(window.address, 0)} ${peer} ${window.port}`;
      seen.set(name, structuredClone(window));
    },
  });
  const batch = batchOf(flows);
  for (let row = 0; row < batch.count; row++) windows.observe(batch, row);
  windows.finish();
  return seen;
}

test('what passes between a client and a service is seen apart from what else the client does', () => {
  const beats = Array.from({ length: 10 }, (_, i) => ({ to: '10.0.0.9', port: 443, atS: i * 5 }));
  const work = Array.from({ length: 200 }, (_, i) => ({ to: '10.0.0.2', port: 80, atS: i / 4 + 0.1 }));
  const seen = windowsOf([...beats, ...work].toSorted((a, b) => a.atS - b.atS));

  expect([...seen.keys()].toSorted()).toEqual([
    'pair 10.0.0.1 10.0.0.2 80',
    'pair 10.0.0.1 10.0.0.9 443',
    'server 10.0.0.2 10.0.0.1 80',
    'server 10.0.0.9 10.0.0.1 443',
  ]);
  const pair = seen.get('pair 10.0.0.1 10.0.0.9 443');
  expect(pair).toMatchObject({ role: PAIR, reports: 10, protocol: 6, firstUs: 1e15 });
  const gaps = Array.from({ length: 10 }, (_, i) => pair?.raw[i * reader.width + GAP]);
  expect(gaps).toEqual([0, ...Array.from({ length: 9 }, () => 5e6)]);
});

test('a client is seen by the services it turns to, each counted once', () => {
  const scan = Array.from({ length: 8 }, (_, i) => ({ to: '10.0.0.2', port: 1000 + i, atS: i / 10 }));
  const again = scan.map((flow) => ({ ...flow, atS: flow.atS + 1 }));
  const seen = windowsOf([...scan, ...again]);

  expect([...seen.keys()]).toEqual(['client 10.0.0.1 10.0.0.2 0']);
  const client = seen.get('client 10.0.0.1 10.0.0.2 0');
  expect(client).toMatchObject({ role: CLIENT, reports: 8 });
  expect([...(client?.peerPorts.slice(0, 8) ?? [])]).toEqual(scan.map(({ port }) => port));
});

test('a server is seen by all who ask it, and a group address belongs to nobody', () => {
  const seen = windowsOf([
    ...Array.from({ length: 4 }, (_, i) => ({ to: '224.0.0.251', port: 5353, atS: i })),
    ...Array.from({ length: 4 }, (_, i) => ({ to: '10.0.0.2', port: 53, atS: i + 4 })),
  ]);
  expect([...seen.values()].filter(({ role }) => role === SERVER).map(({ port }) => port)).toEqual([53]);
});
