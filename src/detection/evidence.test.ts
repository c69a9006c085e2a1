import { expect, test } from 'vitest';
import { createEvidence } from './evidence.ts';

const window = (newFlows: number, generation = 1) => ({ slot: 3, generation, newFlows });

test('a verdict needs two judgements in a row, and then counts the flows of both', () => {
  const evidence = createEvidence({ needed: 2, freshFlows: 16 });
  expect(evidence.add(window(5), true, false)).toBeNull();
  expect(evidence.add(window(4), true, false)).toBe(9);
  expect(evidence.add(window(3), true, false)).toBe(3);
});

test('an ordinary judgement between two odd ones starts over', () => {
  const evidence = createEvidence({ needed: 2, freshFlows: 16 });
  evidence.add(window(5), true, false);
  expect(evidence.add(window(5), false, false)).toBeNull();
  expect(evidence.add(window(5), true, false)).toBeNull();
});

test('one judgement is enough when all its flows are new, or when it is the last', () => {
  expect(createEvidence({ needed: 2, freshFlows: 16 }).add(window(16), true, false)).toBe(16);
  expect(createEvidence({ needed: 2, freshFlows: 16 }).add(window(6), true, true)).toBe(6);
  expect(createEvidence({ needed: 2, freshFlows: 16 }).add(window(6), false, true)).toBeNull();
});

test('another entity in the same slot inherits nothing', () => {
  const evidence = createEvidence({ needed: 2, freshFlows: 16 });
  evidence.add(window(5, 1), true, false);
  expect(evidence.add(window(5, 2), true, false)).toBeNull();
});
