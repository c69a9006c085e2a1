import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { SensorStats } from '#core/sensor-stats.ts';

/** Where the numbers come from; each is asked when Prometheus asks. */
export interface MetricSources {
  readonly sensor: () => SensorStats | null;
  readonly detection: () => { readonly judged: number; readonly verdicts: number; readonly entities: number };
  readonly alertsOpened: () => number;
  readonly decisions: () => Readonly<Record<string, number>>;
  readonly notifications: () => Promise<NotificationCounts>;
  readonly nowMs: () => number;
}

interface NotificationCounts {
  readonly pending: number;
  readonly channels: Readonly<Record<string, { readonly sent: number; readonly failed: number }>>;
}

/** All metrics of the process, with the names that dashboards rely on. */
export function createMetrics(sources: MetricSources): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addSensorMetrics(registry, sources);
  addOutcomeMetrics(registry, sources);
  return registry;
}

function addSensorMetrics(registry: Registry, { sensor, nowMs }: MetricSources): void {
  const counter = (name: string, help: string, read: (stats: SensorStats) => number) =>
    new Counter({
      name: `kubesecure_${name}_total`,
      help,
      registers: [registry],
      collect() {
        setCounter(this, {}, sensor(), read);
      },
    });
  counter('packets', 'Packets read, used or not.', (stats) => stats.packets);
  counter('packet_bytes', 'Bytes of these packets on the wire.', (stats) => stats.bytes);
  counter('flow_reports', 'Flow reports, snapshots of open flows included.', (stats) => stats.flowsReported);
  counter('flow_evictions', 'Flows that gave way in a full table.', (stats) => stats.flowsEvicted);
  new Counter({
    name: 'kubesecure_packet_drops_total',
    help: 'Packets that were not used, by reason.',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(sensor()?.drops ?? {})) this.inc({ reason }, count);
    },
  });
  new Gauge({
    name: 'kubesecure_flows_open',
    help: 'Flows in the table now.',
    registers: [registry],
    collect() {
      this.set(sensor()?.flowsOpen ?? 0);
    },
  });
  new Gauge({
    name: 'kubesecure_packet_lag_seconds',
    help: 'How far the newest packet lies behind the clock.',
    registers: [registry],
    collect() {
      const newestUs = sensor()?.packetTimeUs ?? 0;
      this.set(newestUs === 0 ? 0 : nowMs() / 1000 - newestUs / 1e6);
    },
  });
}

function addOutcomeMetrics(registry: Registry, sources: MetricSources): void {
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name: `kubesecure_${name}_total`,
      help,
      registers: [registry],
      collect() {
        setCounter(this, {}, true, read);
      },
    });
  counter('judgements', 'Windows that the model judged.', () => sources.detection().judged);
  counter('verdicts', 'Judgements above the threshold.', () => sources.detection().verdicts);
  counter('alerts_opened', 'Alerts raised since the start.', sources.alertsOpened);
  new Gauge({
    name: 'kubesecure_notifications_pending',
    help: 'Messages waiting in the outbox.',
    registers: [registry],
    async collect() {
      this.set((await sources.notifications()).pending);
    },
  });
  new Counter({
    name: 'kubesecure_notifications_total',
    help: 'Attempts to deliver a message, by channel and outcome (sent, failed).',
    labelNames: ['channel', 'outcome'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [channel, { sent, failed }] of Object.entries((await sources.notifications()).channels)) {
        this.inc({ channel, outcome: 'sent' }, sent);
        this.inc({ channel, outcome: 'failed' }, failed);
      }
    },
  });
  new Gauge({
    name: 'kubesecure_entities',
    help: 'Clients and services whose last flows are kept.',
    registers: [registry],
    collect() {
      this.set(sources.detection().entities);
    },
  });
  new Counter({
    name: 'kubesecure_decision_changes_total',
    help: 'Decisions that came into a state since the start, by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [state, count] of Object.entries(sources.decisions())) this.inc({ state }, count);
    },
  });
}

/** The sources keep the running totals; a scrape copies them. */
function setCounter<T>(counter: Counter, labels: object, source: T | null, read: (source: T) => number): void {
  counter.reset();
  counter.inc(labels, source === null ? 0 : read(source));
}
