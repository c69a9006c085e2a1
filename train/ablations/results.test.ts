import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renderAblations } from './render-table.ts';
import { type AblationResult, type Circumstances, readResults, writeResults } from './results.ts';

const circumstances: Circumstances = {
  protocol: 'shipped',
  epochs: 8,
  inventions: 2400,
  contractHash: 'c',
  trainingWindows: 1000,
  trainingSha256: 'a',
  testRuns: 3,
  testWindows: 5000,
  ordinaryWindows: 4000,
  testSha256: 'b',
};

function resultOf(variant: string, seed: number, recall: number | null): AblationResult {
  const estimate = { value: recall, low: null, high: null, reason: recall === null ? 'too few' : '' };
  return {
    variant,
    seed,
    windows: 1000,
    loss: 0.25,
    wallS: 100,
    cpuS: 90,
    figures: {
      atOneInHundred: estimate,
      atOneInThousand: estimate,
      families: [{ family: 'beacon', windows: 9, recall: estimate }],
    },
  };
}

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubesecure-ablation-'));
  path = join(folder, 'results.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('results that were written are there when the ablation goes on', () => {
  expect(readResults(path, circumstances)).toEqual([]);
  const results = [resultOf('full', 1, 0.9), resultOf('length-1', 1, null)];
  writeResults(path, circumstances, results);
  expect(readResults(path, circumstances)).toEqual(results);
  expect(readResults(undefined, circumstances)).toEqual([]);
});

test('results of other data or settings are not mixed with these', () => {
  writeResults(path, circumstances, []);
  expect(() => readResults(path, { ...circumstances, epochs: 2 })).toThrow('its epochs is 8, now it is 2');
  expect(() => readResults(path, { ...circumstances, testSha256: 'x' })).toThrow('its testSha256 is b, now it is x');
});

test('a damaged file is named', () => {
  writeFileSync(path, '{"version": 1');
  expect(() => readResults(path, circumstances)).toThrow(`while reading ${path}`);
});

test('the table holds each training, each family, and the spread over seeds', () => {
  const page = renderAblations(circumstances, [
    resultOf('length-1', 1, 0.5),
    resultOf('full', 2, 0.9),
    resultOf('full', 1, 0.8),
  ]);
  expect(page).toContain('| the model as it is | 1 | .80 | .80 | 1000 | 0.2500 | 1.5 min |');
  expect(page).toContain('| the newest report of 16 | 1 | .50 | .50 | 1000 | 0.2500 | 1.5 min |');
  expect(page).toContain('| recall at .1 % | beacon |\n| --- | --- |\n| full | .80 |\n| length-1 | .50 |');
  expect(page).toContain('| the model as it is | 1, 2 | .85 (.80-.90) | .85 (.80-.90) |');
  expect(page.indexOf('the model as it is')).toBeLessThan(page.indexOf('the newest report'));
});

test('a figure that could not be had is a dash', () => {
  const page = renderAblations(circumstances, [resultOf('full', 1, null)]);
  expect(page).toContain('| the model as it is | 1 | - | - |');
  expect(page).not.toContain('mean over seeds');
});
