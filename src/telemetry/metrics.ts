import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { SensorStats } from '#core/sensor-stats.ts';

/** Where the numbers come from; each is asked when Prometheus asks. */
export interface MetricSources {
  readonly sensor: () => SensorStats | null;
  readonly detection: () => { readonly judged: number; readonly verdicts: number; readonly entities: number };
  readonly alertsOpened: () => number;
  /** Verdicts that a rule of the operator's kept silent, by the rule's name. */
  readonly suppressed: () => Readonly<Record<string, number>>;
  readonly decisions: () => Readonly<Record<string, number>>;
  readonly notifications: () => Promise<NotificationCounts>;
  /** Where each watched stream of detection stands; null where none is watched. */
  readonly drift: () => Readonly<Record<string, DriftState>> | null;
  readonly nowMs: () => number;
}

interface DriftState {
  readonly mean: number | null;
  readonly drifted: boolean;
  readonly drifts: number;
}

interface NotificationCounts {
  readonly pending: number;
  readonly channels: Readonly<Record<string, { readonly sent: number; readonly failed: number }>>;
}

/** Stages that leave packets out, where it is not capture. */
const DROP_STAGES: Readonly<Record<string, string>> = { kernel: 'kernel', duplicate: 'flows' };

/** All metrics of the process, with the names that dashboards rely on. */
export function createMetrics(sources: MetricSources): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addSensorMetrics(registry, sources);
  addOutcomeMetrics(registry, sources);
  addDriftMetrics(registry, sources);
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
  counter('entity_evictions', 'Clients and servers that gave way in full counters.', (stats) => stats.entities.evicted);
  new Counter({
    name: 'kubesecure_packet_drops_total',
    help: 'Packets that were not used, by reason and by the stage that left them out: kernel, capture or flows.',
    labelNames: ['stage', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(sensor()?.drops ?? {}))
        this.inc({ stage: DROP_STAGES[reason] ?? 'capture', reason }, count);
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
  const slots = (name: string, help: string, read: (table: SensorStats['table']) => readonly [number, number]) =>
    new Gauge({
      name,
      help,
      labelNames: ['packets'],
      registers: [registry],
      collect() {
        const [single, more] = read(sensor()?.table ?? { records: 0, recordCapacity: 0, seeds: 0, seedCapacity: 0 });
        this.set({ packets: '1' }, single);
        this.set({ packets: '2+' }, more);
      },
    });
  slots('kubesecure_flow_table_used', 'Places of the flow table in use, by packets of the flow.', (table) => [
    table.seeds,
    table.records,
  ]);
  slots('kubesecure_flow_table_capacity', 'Places of the flow table, by packets of the flow.', (table) => [
    table.seedCapacity,
    table.recordCapacity,
  ]);
  new Gauge({
    name: 'kubesecure_counted_entities',
    help: 'Clients and servers that are counted.',
    registers: [registry],
    collect() {
      this.set(sensor()?.entities.held ?? 0);
    },
  });
  new Gauge({
    name: 'kubesecure_packet_lag_seconds',
    help: 'How far the newest packet lies behind the clock; 0 in a replay that is faster than it was recorded.',
    registers: [registry],
    collect() {
      const newestUs = sensor()?.packetTimeUs ?? 0;
      this.set(newestUs === 0 ? 0 : Math.max(0, nowMs() / 1000 - newestUs / 1e6));
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
  new Counter({
    name: 'kubesecure_verdicts_suppressed_total',
    help: 'Verdicts that a suppression of the settings kept silent, by rule.',
    labelNames: ['rule'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [rule, count] of Object.entries(sources.suppressed())) this.inc({ rule }, count);
    },
  });
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
    help: 'Clients, services and pairs of them whose last flows are kept.',
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

function addDriftMetrics(registry: Registry, { drift }: MetricSources): void {
  new Gauge({
    name: 'kubesecure_detection_benign_score_mean',
    help: 'Mean score of windows that were not flagged since it last changed, by side.',
    labelNames: ['side'],
    registers: [registry],
    collect() {
      this.reset();
      const states = drift();
      for (const side of ['client', 'server']) {
        const mean = states?.[side]?.mean ?? null;
        if (mean !== null) this.set({ side }, mean);
      }
    },
  });
  new Gauge({
    name: 'kubesecure_detection_drift',
    help: '1 while the mean score of a side (client, server) or the rate of alerts is no longer what it was.',
    labelNames: ['stream'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [stream, { drifted }] of Object.entries(drift() ?? {})) this.set({ stream }, drifted ? 1 : 0);
    },
  });
  new Counter({
    name: 'kubesecure_detection_drifts_total',
    help: 'Drifts found since the calibration in use was chosen, by stream.',
    labelNames: ['stream'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [stream, { drifts }] of Object.entries(drift() ?? {})) this.inc({ stream }, drifts);
    },
  });
}

/** The sources keep the running totals; a scrape copies them. */
function setCounter<T>(counter: Counter, labels: object, source: T | null, read: (source: T) => number): void {
  counter.reset();
  counter.inc(labels, source === null ? 0 : read(source));
}
