import { expect, test } from 'vitest';
import { CLIENT, type EntityRole, PAIR, SERVER } from '#core/entity-class.ts';
import type { Family } from '#core/family.ts';
import { createFeatureBatch } from '#core/feature-batch.ts';
import { createExampleCollector, WINDOW_LENGTH } from './examples.ts';
import { createRandom } from './random.ts';

/** Labels of the windows of a client, its pairs and a server, whose k-th flow is of family `truths[k]`. */
function labelsOf(truths: readonly (Family | null)[], { reversed = false, most = 1000, ports = 1 } = {}) {
  const batch = createFeatureBatch(truths.length);
  batch.count = truths.length;
  for (let row = 0; row < truths.length; row++) {
    batch.startUs[row] = 1e15 + row * 1e6;
    batch.reportedUs[row] = batch.startUs[row];
    batch.clientAddress[row * 16 + 15] = 1;
    batch.serverAddress[row * 16 + 15] = 2;
    batch.protocol[row] = 6;
    batch.serverPort[row] = row % ports;
  }
  const truthOfRow = (_: unknown, row: number) => ({ family: truths[row], reversed: reversed && truths[row] !== null });
  const collector = createExampleCollector({
    truthOfRow,
    random: createRandom(1),
    most: { ordinary: most, attack: most },
  });
  collector.observe(batch);
  const examples = collector.finish();
  const of = (role: EntityRole) => examples.filter((example) => example.role === role).map(({ family }) => family);
  return { client: of(CLIENT), server: of(SERVER), pair: of(PAIR) };
}

const repeat = (count: number, family: Family | null) => Array.from({ length: count }, () => family);

test('a window is an attack window from a quarter of attack reports on; with fewer it is left out', () => {
  const { pair, server } = labelsOf([...repeat(20, null), ...repeat(8, 'syn-flood')]);
  expect(pair).toEqual(server);
  // The windows of reports 2 to 20 are ordinary, those with 1, 2 or 3 attack reports of 16 are left out.
  expect(pair).toEqual([...repeat(19, null), ...repeat(5, 'syn-flood')]);
});

test('a scanned service is not an attack of its own: a few probes are ordinary, many are left out', () => {
  const truths = [...repeat(WINDOW_LENGTH, null), ...repeat(16, 'port-scan')];
  expect(labelsOf(truths, { ports: 32 }).client.filter((family) => family === 'port-scan').length).toBe(13);
  const { pair, server } = labelsOf(truths);
  expect(new Set(server)).toEqual(new Set([null]));
  expect(server.length).toBe(18);
  expect(new Set(pair)).toEqual(new Set([null]));
});

test('of one service among others a client window says nothing', () => {
  const { client } = labelsOf([...repeat(2, null), ...repeat(2, 'brute-force'), ...repeat(20, null)], { ports: 24 });
  expect(new Set(client)).toEqual(new Set([null]));
});

test('windows with late answers of a victim are left out', () => {
  expect(labelsOf(repeat(20, 'syn-flood'), { reversed: true })).toEqual({ client: [], server: [], pair: [] });
});

test('no more windows of a class are kept than asked for', () => {
  expect(labelsOf(repeat(100, null), { most: 7 }).pair.length).toBe(7);
});
