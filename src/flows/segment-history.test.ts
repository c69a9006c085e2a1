import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLOW_WORDS } from '#core/flow-record.ts';
import { createSegmentHistory, isRepeat } from './segment-history.ts';

/** As a Set of all segments would tell. */
function exactRepeats(segments: readonly (readonly number[])[]): boolean[] {
  const seen = new Set<string>();
  return segments.map((segment) => {
    const key = segment.join();
    const isKnown = seen.has(key);
    seen.add(key);
    return isKnown;
  });
}

test('repeats are told exactly, in any order of segments, for many directions at once', () => {
  const segment = fc.tuple(fc.nat(3), fc.nat(400), fc.nat(2), fc.nat(1), fc.nat(1));
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 600 }), (segments) => {
      const history = createSegmentHistory(2 ** 16);
      const records = new Int32Array(4 * FLOW_WORDS);
      const told = segments.map(([way, sequence, acknowledgement, length, window]) =>
        isRepeat(history, records, way * FLOW_WORDS, sequence * 1448, acknowledgement, length, window),
      );
      expect(told).toEqual(exactRepeats(segments));
    }),
    { seed: 3, numRuns: 30 },
  );
});

test('an old segment among many thousands is found, also across the wrap-around of sequence numbers', () => {
  const history = createSegmentHistory(2 ** 16);
  const records = new Int32Array(FLOW_WORDS);
  const start = 0x7fff_0000;
  let repeats = 0;
  for (let i = 0; i < 100_000; i++) {
    if (isRepeat(history, records, 0, (start + i * 10) | 0, 1, 10, 5)) repeats++;
  }
  expect(repeats).toBe(0);
  for (const i of [0, 1, 777, 50_000, 99_998, 99_999]) {
    expect(isRepeat(history, records, 0, (start + i * 10) | 0, 1, 10, 5)).toBe(true);
    expect(isRepeat(history, records, 0, (start + i * 10 + 5) | 0, 1, 10, 5)).toBe(false);
  }
});

test('a flow that repeats its oldest segments over and over costs little', () => {
  const history = createSegmentHistory(2 ** 16);
  const records = new Int32Array(FLOW_WORDS);
  for (let i = 0; i < 200_000; i++) isRepeat(history, records, 0, i, 0, 1, 0);
  const started = performance.now();
  let repeats = 0;
  for (let i = 0; i < 20_000; i++) if (isRepeat(history, records, 0, i, 0, 1, 0)) repeats++;
  expect(repeats).toBe(20_000);
  expect(performance.now() - started).toBeLessThan(1500);
});
