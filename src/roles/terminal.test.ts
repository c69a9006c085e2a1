import { expect, test } from 'vitest';
import type { Decision } from '#core/decision.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import { createTerminal } from './terminal.ts';

const decision: Decision = {
  id: 'd',
  alertId: 'a',
  family: 'http-flood',
  origin: 'rule',
  provider: 'ingress-nginx',
  target: { namespace: 'shop', name: 'web' },
  victim: '10.77.0.10:80',
  limit: { rps: 10, rpm: null, burst: 20, connections: null },
  dryRun: false,
  state: 'applied',
  reason: '',
  createdAt: '2026-01-01T00:00:00.000Z',
  until: '2026-01-01T00:10:00.000Z',
  changedAt: '2026-01-01T00:00:00.000Z',
  attempts: 0,
  nextAttemptAt: null,
  written: {},
  previous: [],
};

const stats: SensorStats = {
  source: 'x',
  packets: 50_000,
  bytes: 1,
  drops: { fragment: 3 },
  flowsOpen: 7,
  flowsReported: 900,
  flowsEvicted: 0,
  table: { records: 200, recordCapacity: 262_144, seeds: 14, seedCapacity: 65_536 },
  entities: { held: 31, evicted: 0 },
  packetTimeUs: 1,
};

function terminalAt(clock: { ms: number }) {
  const lines: string[] = [];
  return {
    lines,
    terminal: createTerminal(
      (text) => lines.push(text),
      () => clock.ms,
    ),
  };
}

test.each([
  [decision, /LIMIT {5}Ingress shop\/web to 10 requests\/s per client until/],
  [{ ...decision, state: 'simulated', target: null }, /DRY RUN {3}would limit 10\.77\.0\.10:80 to 10 requests\/s/],
  [{ ...decision, state: 'failed', reason: 'no answer' }, /DECISION {2}failed: Ingress shop\/web \(no answer\)/],
] as const)('a decision is said by its state', (said, words) => {
  const { lines, terminal } = terminalAt({ ms: 0 });
  terminal.decision(said);
  expect(lines[0]).toMatch(words);
});

test('traffic is told every five seconds, and not when nothing came', () => {
  const clock = { ms: 0 };
  const { lines, terminal } = terminalAt(clock);
  terminal.traffic(stats);
  clock.ms = 5000;
  terminal.traffic(stats);
  clock.ms = 10_000;
  terminal.traffic(stats);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('10,000 packets/s, 900 flow reports, 7 open, 3 packets not used');
});
