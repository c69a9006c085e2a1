import { expect, test } from 'vitest';
import type { Family } from '#core/family.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { type Example, WINDOW_LENGTH } from './examples.ts';
import { firstLessons, lessonsOf } from './learn.ts';

const SIZE = WINDOW_LENGTH * FEATURE_CONTRACT.features.length;

function example(family: Family | null, value: number): Example {
  const input = new Float32Array(SIZE).fill(value);
  return { input, newest: new Float32Array(0), family, role: 0, class: 'client', ordinal: 0 };
}

const lessons = lessonsOf([
  example(null, 1),
  example('port-scan', 2),
  example(null, 3),
  example('syn-flood', 4),
  example('port-scan', 5),
]);

test('classes are benign and the families there are, in their usual order', () => {
  expect(lessons.families).toEqual(['syn-flood', 'port-scan']);
  expect([...lessons.data.classes]).toEqual([0, 2, 0, 1, 2]);
  expect(lessons.counts).toEqual([2, 1, 2]);
  expect(lessons.data.inputs.filter((_, i) => i % SIZE === 0)).toEqual(Float32Array.of(1, 2, 3, 4, 5));
});

test('the first windows alone know no family that comes later', () => {
  const first = firstLessons(lessons, 3);
  expect(first.families).toEqual(['port-scan']);
  expect([...first.data.classes]).toEqual([0, 1, 0]);
  expect(first.counts).toEqual([2, 1]);
  expect(first.data.inputs.length).toBe(3 * SIZE);
});
