import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('a scrape copies the running totals, drops by reason and channels by outcome', async () => {
  let packets = 1000;
  const registry = createMetrics({
    sensor: () => ({
      source: 'x',
      packets,
      bytes: 64_000,
      drops: { fragment: 3, kernel: 4, duplicate: 2 },
      flowsOpen: 7,
      flowsReported: 90,
      flowsEvicted: 1,
      table: { records: 5, recordCapacity: 100, seeds: 2, seedCapacity: 50 },
      entities: { held: 9, evicted: 3 },
      packetTimeUs: 10_000_000,
    }),
    detection: () => ({ judged: 12, verdicts: 2, entities: 5 }),
    alertsOpened: () => 1,
    suppressed: () => ({ 'nightly scan': 6 }),
    drift: () => ({
      client: { mean: 0.125, drifted: true, drifts: 2 },
      server: { mean: null, drifted: false, drifts: 0 },
    }),
    decisions: () => ({ simulated: 1 }),
    notifications: () => Promise.resolve({ pending: 2, channels: { slack: { sent: 4, failed: 1 } } }),
    nowMs: () => 12_500,
  });
  await registry.metrics();
  packets = 1500;
  const text = await registry.metrics();

  for (const line of [
    'kubesecure_packets_total 1500',
    'kubesecure_packet_drops_total{stage="capture",reason="fragment"} 3',
    'kubesecure_packet_drops_total{stage="kernel",reason="kernel"} 4',
    'kubesecure_packet_drops_total{stage="flows",reason="duplicate"} 2',
    'kubesecure_flow_table_used{packets="2+"} 5',
    'kubesecure_flow_table_capacity{packets="1"} 50',
    'kubesecure_counted_entities 9',
    'kubesecure_entity_evictions_total 3',
    'kubesecure_packet_lag_seconds 2.5',
    'kubesecure_notifications_total{channel="slack",outcome="failed"} 1',
    'kubesecure_decision_changes_total{state="simulated"} 1',
    'kubesecure_verdicts_suppressed_total{rule="nightly scan"} 6',
    'kubesecure_detection_benign_score_mean{side="client"} 0.125',
    'kubesecure_detection_drift{stream="client"} 1',
    'kubesecure_detection_drift{stream="server"} 0',
    'kubesecure_detection_drifts_total{stream="client"} 2',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
});

test('before the first packet nothing is counted', async () => {
  const registry = createMetrics({
    sensor: () => null,
    detection: () => ({ judged: 0, verdicts: 0, entities: 0 }),
    alertsOpened: () => 0,
    suppressed: () => ({}),
    drift: () => null,
    decisions: () => ({}),
    notifications: () => Promise.resolve({ pending: 0, channels: {} }),
    nowMs: () => 12_500,
  });
  const text = await registry.metrics();
  expect(text).toContain('kubesecure_packet_lag_seconds 0\n');
  expect(text).not.toContain('kubesecure_detection_benign_score_mean{');
});
