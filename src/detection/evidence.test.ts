import { expect, test } from 'vitest';
import { createEvidence } from './evidence.ts';

const window = (newFlows: number, generation = 1) => ({ slot: 3, generation, newFlows });
const start = () => createEvidence({ needed: 2, freshFlows: 16 });

test('a verdict needs two judgements in a row, and then counts the flows of both', () => {
  const evidence = start();
  expect(evidence.add(window(5), 'port-scan', false)).toBeNull();
  expect(evidence.add(window(4), 'port-scan', false)).toBe(9);
  expect(evidence.add(window(3), 'port-scan', false)).toBe(3);
});

test('an ordinary judgement or another family between two odd ones starts over', () => {
  for (const between of [null, 'syn-flood'] as const) {
    const evidence = start();
    evidence.add(window(5), 'port-scan', false);
    expect(evidence.add(window(5), between, false)).toBeNull();
    expect(evidence.add(window(5), 'port-scan', false)).toBeNull();
  }
});

test('one judgement is enough when all its flows are new, or when it is the last', () => {
  expect(start().add(window(16), 'port-scan', false)).toBe(16);
  expect(start().add(window(6), 'port-scan', true)).toBe(6);
  expect(start().add(window(6), null, true)).toBeNull();
});

test('the tail of an attack that looks like another family gives no verdict, a lasting change of family does', () => {
  const evidence = start();
  evidence.add(window(40), 'port-scan', false);
  expect(evidence.add(window(2), null, false)).toBeNull();
  const later = Array.from({ length: 6 }, () => evidence.add(window(30), 'syn-flood', false));
  expect(later).toEqual([null, null, null, null, null, 180]);
  expect(evidence.add(window(30), 'port-scan', true)).toBeNull();
});

test('another entity in the same slot inherits nothing', () => {
  const evidence = start();
  evidence.add(window(40, 1), 'port-scan', false);
  expect(evidence.add(window(5, 2), 'port-scan', false)).toBeNull();
});
