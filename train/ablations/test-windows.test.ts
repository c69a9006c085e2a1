import { expect, test } from 'vitest';
import { FAMILIES, type Family } from '#core/family.ts';
import { createFeatureBatch } from '#core/feature-batch.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { WINDOW_LENGTH } from '../examples.ts';
import { collectWindows, readTestWindows } from './test-windows.ts';

/** Windows of one client and one server with a TCP flow a second, the k-th of family `truths[k]`. */
function windowsOf(truths: readonly (Family | null)[], most = 1000) {
  const batch = createFeatureBatch(truths.length);
  batch.count = truths.length;
  for (let row = 0; row < truths.length; row++) {
    batch.startUs[row] = 1e15 + row * 1e6;
    batch.reportedUs[row] = batch.startUs[row];
    batch.clientAddress[row * 16 + 15] = 1;
    batch.serverAddress[row * 16 + 15] = 2;
    batch.protocol[row] = 6;
  }
  const truthOfRow = (_: unknown, row: number) => ({ family: truths[row], reversed: false });
  return collectWindows({ batches: [batch], truthOfRow }, { most, seed: 1 });
}

const repeat = (count: number, family: Family | null) => Array.from({ length: count }, () => family);

test('windows are those that the detector judges: from the third report on, each with its truth', () => {
  const windows = windowsOf([...repeat(20, null), ...repeat(8, 'syn-flood')]);
  // Of each side: reports 3 to 20 are ordinary, then three windows with too few attack reports are left out.
  expect(windows.filter(({ family }) => family === null).length).toBe(2 * 18);
  expect(windows.filter(({ family }) => family === 'syn-flood').length).toBe(2 * 5);
  const present = Array.from({ length: WINDOW_LENGTH }, (_, step) => step * FEATURE_CONTRACT.features.length);
  expect(present.map((at) => windows[0].input[at])).toEqual([...repeat(13, null).map(() => 0), 1, 1, 1]);
});

test('what a window of TCP alone cannot be made of is not plausible', () => {
  const plausible = windowsOf(repeat(8, null)).at(-1)?.plausible ?? 0;
  const isPlausible = (family: Family) => (plausible & (1 << FAMILIES.indexOf(family))) !== 0;
  expect(isPlausible('syn-flood')).toBe(true);
  expect(isPlausible('udp-flood')).toBe(false);
  expect(isPlausible('port-scan')).toBe(true);
});

test('no more windows of a side and truth are kept than asked for, drawn from all of them', () => {
  const windows = windowsOf(repeat(400, null), 5);
  expect(windows.length).toBe(10);
  expect(windowsOf(repeat(400, null), 5)).toEqual(windows);
});

test('a protocol that keeps no runs for evaluation is refused', () => {
  expect(() => readTestWindows({ data: 'data/runs', protocol: 'random', most: 1 })).toThrow('keeps no runs');
});
