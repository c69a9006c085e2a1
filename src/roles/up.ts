/**
 * `up`: the whole product in one process. Packets come in from an interface or a replay; alerts, decisions and their
 * undoing go out. This file knows every stage; it starts those that receive before those that send.
 */
import { systemClock } from '#core/clock.ts';
import { reasonOf } from '#core/error.ts';
import type { Log } from '#core/log.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import { VERSION } from '#core/version.ts';
import { createAlertDesk } from '#alerts/alert-desk.ts';
import { ensureAdmin } from '#api/accounts.ts';
import { createApiServer, listen } from '#api/server.ts';
import type { Config } from '#config/config.ts';
import { createDetector } from '#detection/detector.ts';
import { createChannels } from '#notify/channels.ts';
import { createNotifier } from '#notify/notifier.ts';
import { createResponder } from '#response/responder.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';
import { createLog } from '#telemetry/log.ts';
import { createMetrics } from '#telemetry/metrics.ts';
import { openCluster } from './cluster-access.ts';
import { greeting, interfaceOf, type ReplaySource, sourceWords } from './greeting.ts';
import { judgeBatch, judgeRest, openModel, packetPathSettings } from './judge.ts';
import { dashboardFolder } from './package-files.ts';
import { openDetectionState } from './detection-state.ts';
import { createReadiness } from './readiness.ts';
import { packetClock, replayClock } from './replay-clock.ts';
import { startSensor } from './sensor.ts';
import { stateFolder } from './state-folder.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** What detection learned is written this often. */
const SAVE_EVERY_MS = 60_000;

export interface UpOptions {
  readonly settings: Config;
  /** Null watches an interface. */
  readonly replay: ReplaySource | null;
  /** Null keeps the password that there is, or makes one at the first start. */
  readonly adminPassword: string | null;
}

/** Runs until SIGINT or SIGTERM, or until the sensor fails. A replay that has ended goes on being shown. */
export async function up(options: UpOptions): Promise<void> {
  const log = createLog(options.settings.telemetry);
  const terminal = createTerminal(
    (text) => process.stdout.write(text),
    () => systemClock.now(),
  );
  const cleanUps: (() => Promise<void>)[] = [];
  const interrupted = nextSignal();
  try {
    await run(options, { log, terminal, interrupted, onStop: (step) => cleanUps.push(step) });
  } finally {
    for (const step of cleanUps.toReversed()) await step();
  }
}

interface Surroundings {
  readonly log: Log;
  readonly terminal: Terminal;
  readonly interrupted: Promise<void>;
  /** Steps are taken in the reverse order when everything ends, whatever the reason. */
  readonly onStop: (step: () => Promise<void>) => void;
}

async function run(options: UpOptions, { log, terminal, interrupted, onStop }: Surroundings): Promise<void> {
  const { settings, replay } = options;
  const clock = systemClock;
  const source = sourceWords(replay, settings);
  const readiness = createReadiness();

  const model = await openModel(settings);
  const learned = await openDetectionState(stateFolder(settings), model, log);
  const cluster = await openCluster(settings, log);
  const detector = createDetector({
    model: { ...model, calibration: learned.calibration },
    settings: settings.detection,
    log,
    baselines: learned.baselines,
    workloadOf: (ip) => cluster?.view.workloadOf(ip) ?? null,
    onJudgement: (judgement) => learned.observe(judgement),
  });
  onStop(() => detector.close());
  const saving = setInterval(() => void learned.save(detector.baselines()), SAVE_EVERY_MS);
  onStop(async () => {
    clearInterval(saving);
    await learned.save(detector.baselines());
  });
  const store = openSqliteStore({ path: settings.store.path, clock, log, retentionDays: settings.store.retentionDays });
  onStop(() => store.close());
  readiness.add('store', async () => {
    await store.ping();
    return null;
  });
  const { generatedPassword } = await ensureAdmin({ store, password: options.adminPassword, clock });

  const channels = createChannels(settings.notify, clock);
  const channelNames = channels.map(({ name }) => name);
  const notifier = createNotifier({ store, channels, settings: settings.notify, clock, log });
  const decisionCounts: Record<string, number> = {};
  const responder = createResponder({
    store,
    ingressApi: cluster?.ingressApi ?? null,
    clusterView: cluster?.view ?? null,
    settings: settings.response,
    channels: channelNames,
    clock,
    log,
    afterChange(decision) {
      decisionCounts[decision.state] = (decisionCounts[decision.state] ?? 0) + 1;
      if (decision.state !== 'planned') terminal.decision(decision);
      notifier.poke();
    },
  });

  let stats: SensorStats | null = null;
  let alertsOpened = 0;
  let suppressed: () => Readonly<Record<string, number>> = () => ({});
  const metrics = createMetrics({
    sensor: () => stats,
    detection: () => detector.stats(),
    alertsOpened: () => alertsOpened,
    suppressed: () => suppressed(),
    drift: () => learned.drift.state(),
    decisions: () => decisionCounts,
    notifications: () => notifier.stats(),
    nowMs: () => clock.now(),
  });
  const server = await createApiServer({
    store,
    limits: cluster === null ? null : responder,
    sensor: () => stats,
    readiness: () => readiness.check(),
    metrics: async () => ({ contentType: metrics.contentType, body: await metrics.metrics() }),
    clock,
    log,
    settings: settings.api,
    webRoot: dashboardFolder(),
    version: VERSION,
    mode: { responseMode: settings.response.mode, source },
  });
  onStop(() => server.close());
  const url = await listen(server, settings.api);
  const passwordGiven = options.adminPassword !== null;
  terminal.say(greeting({ settings, source, url, cluster: cluster?.server ?? null, passwordGiven, generatedPassword }));

  if (cluster !== null) {
    readiness.add('kubernetes', () => {
      const { reachable, reason } = cluster.view.health();
      return reachable ? null : reason;
    });
    onStop(() => cluster.view.stop());
    await cluster.view.start();
  }
  readiness.add('response', () => problemOf(responder.health()));
  notifier.start();
  onStop(() => notifier.stop());
  onStop(() => responder.stop());
  await responder.start();

  const startedMs = clock.now();
  log.info({ source, startedAt: new Date(startedMs).toISOString() }, 'watching packets');
  const shown = new Set<string>();
  const desk = createAlertDesk({
    store,
    channels: channelNames,
    clock,
    settings: settings.alerts,
    toWallMs: replay === null ? packetClock : replayClock(replay.speed, startedMs, () => clock.now()),
    workloadOf: (ip) => cluster?.view.workloadOf(ip) ?? null,
    onAlert(alert, event) {
      if (event === 'opened') {
        alertsOpened++;
        learned.drift.observeAlert();
      }
      // An attack that an earlier run has told goes on: it is no new alert, and still to be seen here.
      if (!shown.has(alert.id)) terminal.alert(alert, event);
      shown.add(alert.id);
      notifier.poke();
      // Not awaited: a cluster that does not answer must not hold up the next verdict.
      responder.onAlert(alert).catch((error: unknown) => {
        const fields = { alert: alert.id, reason: reasonOf(error) };
        log.error(fields, 'no decision could be stored; the next start makes it up');
      });
    },
    log,
  });
  onStop(() => desk.close());
  suppressed = () => desk.suppressed();
  readiness.add('alerts', () => problemOf(desk.health()));

  const sensorFailed = new Promise<never>((_, reject) => {
    const sensor = startSensor({
      source:
        replay === null
          ? { type: 'interface', name: interfaceOf(settings), filter: settings.capture.filter }
          : { type: 'replay', ...replay, startedMs },
      settings: packetPathSettings(settings),
      onBatch: (batch) => judgeBatch(detector, desk, batch),
      onStats(now) {
        stats = now;
        terminal.traffic(now);
      },
      onWarning: (message) => terminal.say(`warning: ${message}`),
      onEnd(last) {
        stats = last;
        judgeRest(detector, desk).then(
          () => terminal.say(`The replay is over. The dashboard stays at ${url}; Ctrl-C ends it.`),
          reject,
        );
      },
      onError: reject,
    });
    onStop(() => sensor.stop());
  });
  await Promise.race([interrupted, sensorFailed]);
}

function problemOf({ ok, reason }: { ok: boolean; reason: string }): string | null {
  return ok ? null : reason;
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
