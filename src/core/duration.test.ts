import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

test.each([
  ['10m', 600_000],
  ['90s', 90_000],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['250ms', 250],
  ['2d', 172_800_000],
  [' 5M ', 300_000],
])('%s is %d ms', (text, expectedMs) => {
  expect(parseDuration(text)).toBe(expectedMs);
});

test.each(['', '10', 'm', '-5m', '1.5h', '10 m', '10m!', '0s', '99999d'])('refuses "%s" as bad input', (text) => {
  expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'bad-input' }));
});
