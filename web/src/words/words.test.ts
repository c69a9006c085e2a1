import { expect, test } from 'vitest';
import { bytes, microseconds, percent, pValueText, shortNumber } from './numbers.ts';
import { wordsOf } from './reason-words.ts';
import { countdown, span } from './times.ts';

test.each([
  [0, '0'],
  [0.4219, '0.422'],
  [0.00001, '1e-5'],
  [38.14, '38.1'],
  [999.6, '1000'],
  [4213, '4\u2009213'],
  [12_345, '12.3k'],
  [4_512_000, '4.51M'],
])('%d is written %s', (value, text) => {
  expect(shortNumber(value)).toBe(text);
});

test('bytes, shares and microseconds get the unit that fits', () => {
  expect([bytes(0), bytes(512), bytes(1234), bytes(34_000_000)]).toEqual(['0 B', '512 B', '1.23 kB', '34 MB']);
  expect([percent(0), percent(0.004), percent(0.987)]).toEqual(['0\u2009%', '0.4\u2009%', '99\u2009%']);
  expect([microseconds(85), microseconds(3200), microseconds(1_500_000)]).toEqual(['85 µs', '3.2 ms', '1.5 s']);
});

test('p-values keep one digit that matters', () => {
  expect([pValueText(0.00001), pValueText(0.00042), pValueText(0.034)]).toEqual(['< 0.0001', '0.0004', '0.03']);
});

test('a countdown shows hours only when there are some, and stops at zero', () => {
  const until = '2026-03-01T10:00:00.000Z';
  const before = (seconds: number) => countdown(until, Date.parse(until) - seconds * 1000);
  expect([before(272), before(3872), before(0), before(-5)]).toEqual(['4:32', '1:04:32', '0:00', '0:00']);
});

test('spans are rounded to the unit a person would use', () => {
  expect([span(45_000), span(720_000), span(3 * 3_600_000), span(72 * 3_600_000)]).toEqual([
    '45 s',
    '12 min',
    '3 h',
    '3 d',
  ]);
});

test.each([
  ['packets/s over 1 s', 4213, 31, 'Packets over 1 s', '4\u2009213/s', '31/s', '140 × usual'],
  [
    'share of flows reset over 10 s',
    0.96,
    0.01,
    'Share of flows reset over 10 s',
    '96\u2009%',
    '1\u2009%',
    '96 × usual',
  ],
  ['mean gap between packets (us)', 210, 48_000, 'Mean gap between packets', '210 µs', '48 ms', 'far below usual'],
  ['payload sent over 10 s', 12_000, 0, 'Payload sent over 10 s', '12 kB/s', '0 B/s', 'usually none'],
  ['SYN packets', 1, 1, 'SYN packets', '1', '1', 'as usual'],
  ['something new', 3, 2, 'Something new', '3', '2', 'above usual'],
])('reads the unit out of "%s"', (feature, value, usual, label, valueText, usualText, contrast) => {
  expect(wordsOf({ feature, value, usual })).toEqual({ label, value: valueText, usual: usualText, contrast });
});
