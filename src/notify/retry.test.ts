import { expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';
import { retryAfterMsOf } from './retry-after.ts';

const settings = { firstRetryMs: 1000, maxRetryMs: 60_000 };

test('the pause doubles with each failure, up to its limit, and is jittered within its upper half', () => {
  expect([1, 2, 3, 4].map((failures) => backOffMs(failures, settings, 1))).toEqual([1000, 2000, 4000, 8000]);
  expect([1, 2, 3, 4].map((failures) => backOffMs(failures, settings, 0))).toEqual([500, 1000, 2000, 4000]);
  expect(backOffMs(1_000_000, settings, 1)).toBe(60_000);
  expect(backOffMs(0, settings, 1)).toBe(1000);
});

test.each([
  ['7', 7000],
  [' 0 ', 0],
  ['999999999', 3_600_000],
  ['Sun, 01 Jun 2025 12:00:30 GMT', 30_000],
  ['Sun, 01 Jun 2025 11:00:00 GMT', 0],
  ['-5', null],
  ['soon', null],
  ['', null],
  [null, null],
])('Retry-After %s asks for %s ms', (header, pauseMs) => {
  expect(retryAfterMsOf(header, Date.UTC(2025, 5, 1, 12))).toBe(pauseMs);
});
