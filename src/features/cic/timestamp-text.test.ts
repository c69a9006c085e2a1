import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNumberText } from './number-text.ts';
import { createTimestampText } from './timestamp-text.ts';

const bytes = new Uint8Array(64);
const view = new DataView(bytes.buffer);
const { writeTimestamp } = createTimestampText(view, createNumberText(view));
const LATEST_US = 8e15;

function text(timeUs: number): string {
  const end = writeTimestamp(0, Float64Array.of(NaN, timeUs), 1);
  return Buffer.from(bytes.subarray(0, end)).toString('latin1');
}

test.each([
  [0, '1970-01-01 00:00:00'],
  [1, '1970-01-01 00:00:00.000001'],
  [86_399_999_999, '1970-01-01 23:59:59.999999'],
  [86_400_000_000, '1970-01-02 00:00:00'],
  [1_760_000_000_120_000, '2025-10-09 08:53:20.120'],
  [1_760_000_000_120_030, '2025-10-09 08:53:20.120030'],
  [1_709_164_800_000_000, '2024-02-29 00:00:00'],
  [LATEST_US, '2223-07-06 14:13:20'],
])('%d us are %s', (timeUs, expected) => {
  expect(text(timeUs)).toBe(expected);
});

test('any time is that of the calendar, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LATEST_US }), (timeUs) => {
      const micros = timeUs % 1_000_000;
      const date = new Date((timeUs - micros) / 1000).toISOString().slice(0, 19).replace('T', ' ');
      const fraction = micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/000$/u, '')}`;
      expect(text(timeUs)).toBe(`${date}${fraction}`);
    }),
  );
});
