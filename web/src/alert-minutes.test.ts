import { expect, test } from 'vitest';
import type { Alert } from '#core/alert.ts';
import { alertsByMinute } from './alert-minutes.ts';

const raised = (family: Alert['family'], minute: number) =>
  ({ family, timestamp: new Date(minute * 60_000 + 30_000).toISOString() }) as Alert;

test('alerts are counted in the minute they were raised in, stacked by family', () => {
  const alerts = [raised('syn-flood', 100), raised('http-flood', 100), raised('syn-flood', 100), raised('beacon', 98)];
  expect(alertsByMinute(alerts, 100, 3)).toEqual([
    { minute: 98, total: 1, layers: [{ family: 'beacon', count: 1, below: 0 }] },
    { minute: 99, total: 0, layers: [] },
    {
      minute: 100,
      total: 3,
      layers: [
        { family: 'http-flood', count: 1, below: 0 },
        { family: 'syn-flood', count: 2, below: 1 },
      ],
    },
  ]);
});

test('alerts older than the window are left out', () => {
  expect(alertsByMinute([raised('beacon', 60)], 100, 30).every(({ total }) => total === 0)).toBe(true);
});
