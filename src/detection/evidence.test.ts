import { expect, test } from 'vitest';
import { createEvidence, type Judged } from './evidence.ts';

const NONE = Float32Array.of(0, 0);
const CEILING = { model: 100, novelty: 100 };
const judged = (changes: Partial<Judged> = {}): Judged => ({
  slot: 3,
  generation: 1,
  atUs: 0,
  newReports: 16,
  newFlows: 5,
  newPackets: 0,
  ...changes,
});

test('evidence adds up what new windows say, a window can say only so much, and earlier ones fade', () => {
  const evidence = createEvidence();
  expect(evidence.add(judged(), { model: 2, novelty: -1 }, NONE, CEILING)?.model).toBe(2);
  expect(evidence.add(judged(), { model: 50, novelty: -1 }, NONE, CEILING)?.model).toBeCloseTo(2 * 0.6 + 8);
  expect(evidence.add(judged(), { model: -1, novelty: -1 }, NONE, CEILING)?.model).toBeCloseTo(9.2 * 0.6 - 1);
});

test('a window with few new reports says little', () => {
  const evidence = createEvidence();
  expect(evidence.add(judged({ newReports: 1 }), { model: 4, novelty: -1 }, NONE, CEILING)?.model).toBe(1);
  expect(evidence.add(judged({ newReports: 0 }), { model: 4, novelty: -1 }, NONE, CEILING)?.model).toBe(1);
});

test('one new report says as much as several where it tells of many packets: a flood may be one flow', () => {
  const oddsOf = (newPackets: number) =>
    createEvidence().add(judged({ newReports: 1, newPackets }), { model: 4, novelty: -1 }, NONE, CEILING)?.model;
  expect(oddsOf(10)).toBe(2);
  expect(oddsOf(100_000)).toBe(4);
});

test('a burst counts for several windows, and for four at most', () => {
  const oddsOf = (newReports: number) =>
    createEvidence().add(judged({ newReports }), { model: 2, novelty: -1 }, NONE, CEILING)?.model;
  expect([16, 32, 64, 1e6].map(oddsOf)).toEqual([2, 4, 6, 8]);
});

test('an entity that goes on looking the same gathers two and a half times what one window says', () => {
  for (const newReports of [1, 16]) {
    const evidence = createEvidence();
    let model = 0;
    for (let i = 0; i < 200; i++) {
      model = evidence.add(judged({ newReports }), { model: 3, novelty: -1 }, NONE, CEILING)?.model ?? 0;
    }
    expect(model).toBeCloseTo(7.5);
  }
});

test('ordinary windows wear evidence down to nothing, and then the entity takes no memory', () => {
  const evidence = createEvidence();
  evidence.add(judged(), { model: 5, novelty: 4 }, NONE, CEILING);
  const worn = evidence.add(judged({ newReports: 2 }), { model: -9, novelty: -9 }, NONE, CEILING);
  expect(worn?.model).toBeCloseTo(2.5);
  expect(worn?.novelty).toBeCloseTo(1.7);
  expect(evidence.add(judged(), { model: -9, novelty: -9 }, NONE, CEILING)).toBeNull();
});

/** No news: what was gathered is only kept, or fades with time. */
const later = (atUs: number) => judged({ atUs, newReports: 0 });

test('evidence stops at its ceiling and halves in ten minutes', () => {
  const evidence = createEvidence();
  const ceiling = { model: 8, novelty: 8 };
  evidence.add(judged(), { model: 6, novelty: 0 }, NONE, ceiling);
  expect(evidence.add(judged(), { model: 6, novelty: 0 }, NONE, ceiling)?.model).toBe(8);
  expect(evidence.add(later(600e6), { model: 0, novelty: 0 }, NONE, ceiling)?.model).toBe(4);
});

test('time that runs backwards changes nothing', () => {
  const evidence = createEvidence();
  evidence.add(judged({ atUs: 900e6 }), { model: 4, novelty: 0 }, NONE, CEILING);
  expect(evidence.add(later(0), { model: 0, novelty: 0 }, NONE, CEILING)?.model).toBe(4);
});

test('flows are counted from the first window with evidence on, and a new entity in the slot starts anew', () => {
  const evidence = createEvidence();
  const odds = { model: 3, novelty: 0 };
  evidence.add(judged(), odds, NONE, CEILING);
  expect(evidence.add(judged(), odds, NONE, CEILING)?.flows).toBe(10);
  expect(evidence.add(judged({ generation: 2 }), odds, NONE, CEILING)).toMatchObject({ flows: 5, model: 3 });
});

test('what the model puts on families adds up and fades', () => {
  const evidence = createEvidence();
  const odds = { model: 3, novelty: 0 };
  evidence.add(judged(), odds, Float32Array.of(1, 0), CEILING);
  const record = evidence.add(judged(), odds, Float32Array.of(0, 1), CEILING);
  expect(record?.families[1]).toBe(1);
  expect(record?.families[0]).toBeCloseTo(0.8);
});
