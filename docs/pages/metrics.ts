import { createMetrics } from '#telemetry/metrics.ts';

/** The table of our own metrics; those of the runtime (`process_*`, `nodejs_*`) are named as prom-client names them. */
export async function metricsPage(): Promise<string> {
  const registry = createMetrics({
    sensor: () => null,
    detection: () => ({ judged: 0, verdicts: 0, entities: 0 }),
    alertsOpened: () => 0,
    suppressed: () => ({}),
    drift: () => null,
    decisions: () => ({}),
    notifications: () => Promise.resolve({ pending: 0, channels: {} }),
    nowMs: () => 0,
  });
  const metrics = await registry.getMetricsAsJSON();
  const rows = metrics
    .filter(({ name }) => name.startsWith('kubesecure_'))
    .map(({ name, type, help }) => `| \`${name}\` | ${String(type)} | ${help} |`);
  return [
    '# Metrics',
    '',
    '`GET /metrics` answers in the Prometheus text format, with these and with the `process_*` and `nodejs_*` metrics of the runtime.',
    '',
    '| metric | type | meaning |',
    '| --- | --- | --- |',
    ...rows.toSorted(),
    '',
  ].join('\n');
}
