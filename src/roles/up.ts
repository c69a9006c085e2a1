/**
 * `up`: the whole product in one process. Packets come in from an interface or a replay; alerts, decisions and their
 * undoing go out. This file knows every stage, starts them in the order of the data's way backwards, and stops them forwards.
 */
import type { Alert } from '#core/alert.ts';
import { systemClock } from '#core/clock.ts';
import type { Decision } from '#core/decision.ts';
import { reasonOf } from '#core/error.ts';
import type { Log } from '#core/log.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import { VERSION } from '#core/version.ts';
import { createAlertDesk } from '#alerts/alert-desk.ts';
import { ADMIN_NAME, ensureAdmin } from '#api/accounts.ts';
import { createApiServer, listen } from '#api/server.ts';
import type { Config } from '#config/config.ts';
import { createChannels } from '#notify/channels.ts';
import { createNotifier } from '#notify/notifier.ts';
import { createResponder } from '#response/responder.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';
import { createLog } from '#telemetry/log.ts';
import { createMetrics } from '#telemetry/metrics.ts';
import { type ClusterAccess, openCluster } from './cluster-access.ts';
import { judgeBatch, judgeRest, openDetector, packetPathSettings } from './judge.ts';
import { dashboardFolder } from './package-files.ts';
import { type Condition, createReadiness } from './readiness.ts';
import { packetClock, replayClock } from './replay-clock.ts';
import { startSensor } from './sensor.ts';
import type { SensorSource } from './sensor-messages.ts';
import { createTerminal, type Terminal } from './terminal.ts';

export interface UpOptions {
  readonly settings: Config;
  /** Null watches an interface. */
  readonly replay: { readonly path: string; readonly speed: number | 'max'; readonly loop: boolean } | null;
  /** Null keeps the password that there is, or makes one at the first start. */
  readonly adminPassword: string | null;
}

/** Runs until SIGINT or SIGTERM, or until the sensor fails. A replay that has ended goes on being shown. */
export async function up(options: UpOptions): Promise<void> {
  const { settings } = options;
  const log = createLog(settings.telemetry);
  const terminal = createTerminal(
    (text) => process.stdout.write(text),
    () => systemClock.now(),
  );
  const cleanUps: (() => Promise<void>)[] = [];
  const interrupted = nextSignal();
  try {
    const failure = await run(options, { log, terminal, interrupted, onStop: (step) => cleanUps.push(step) });
    if (failure !== null) throw failure;
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

async function run(options: UpOptions, { log, terminal, interrupted, onStop }: Surroundings): Promise<Error | null> {
  const { settings, replay } = options;
  const clock = systemClock;
  const channels = createChannels(settings.notify, clock);
  const channelNames = channels.map(({ name }) => name);
  const readiness = createReadiness();

  const detector = await openDetector(settings, log);
  onStop(() => detector.close());
  const cluster = await openCluster(settings, log);
  const store = openSqliteStore({ path: settings.store.path, clock, log, retentionDays: settings.store.retentionDays });
  onStop(() => store.close());
  readiness.add('store', () => store.ping().then(() => null));
  const { generatedPassword } = await ensureAdmin({ store, password: options.adminPassword, clock });

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
    afterChange(decision: Decision) {
      decisionCounts[decision.state] = (decisionCounts[decision.state] ?? 0) + 1;
      if (decision.state !== 'planned') terminal.decision(decision);
      notifier.poke();
    },
  });

  const startedMs = clock.now();
  let alertsOpened = 0;
  const desk = createAlertDesk({
    store,
    channels: channelNames,
    clock,
    settings: settings.alerts,
    toWallMs: replay === null ? packetClock : replayClock(replay.speed, startedMs, () => clock.now()),
    workloadOf: (ip) => cluster?.view.workloadOf(ip) ?? null,
    onAlert(alert: Alert, event) {
      if (event === 'opened') {
        alertsOpened++;
        terminal.alert(alert);
        notifier.poke();
      }
      // Not awaited: a cluster that does not answer must not hold up the next verdict.
      responder.onAlert(alert).catch((error: unknown) => {
        log.error(
          { alert: alert.id, reason: reasonOf(error) },
          'no decision could be stored; the next start makes it up',
        );
      });
    },
    log,
  });
  onStop(() => desk.close());
  readiness.add('alerts', () => problemOf(desk.health()));
  readiness.add('response', () => problemOf(responder.health()));

  let stats: SensorStats | null = null;
  const metrics = createMetrics({
    sensor: () => stats,
    detection: () => detector.stats(),
    alertsOpened: () => alertsOpened,
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
    mode: { responseMode: settings.response.mode, source: sourceWords(options) },
  });
  onStop(() => server.close());
  const url = await listen(server, settings.api);

  sayHello(terminal, { url, options, cluster, generatedPassword });
  if (cluster !== null) {
    await cluster.view.start();
    onStop(() => cluster.view.stop());
    readiness.add('kubernetes', () => clusterProblem(cluster));
  }
  notifier.start();
  onStop(() => notifier.stop());
  await responder.start();
  onStop(() => responder.stop());

  const sensorFailed = new Promise<Error>((resolve) => {
    let sensorProblem: string | null = null;
    readiness.add('sensor', () => sensorProblem);
    const sensor = startSensor({
      source: sourceOf(options),
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
          (error: unknown) => log.error({ reason: reasonOf(error) }, 'the end of the replay was not judged'),
        );
      },
      onError(error) {
        sensorProblem = error.message;
        resolve(error);
      },
    });
    onStop(() => sensor.stop());
  });
  return Promise.race([interrupted.then(() => null), sensorFailed]);
}

function sourceOf({ replay, settings }: UpOptions): SensorSource {
  if (replay !== null) return { type: 'replay', ...replay };
  return { type: 'interface', name: settings.capture.interface ?? 'any', filter: settings.capture.filter };
}

function sourceWords({ replay, settings }: UpOptions): string {
  if (replay === null) return `interface ${settings.capture.interface ?? 'any'}`;
  const pace = replay.speed === 'max' ? 'full speed' : `${replay.speed} x real speed`;
  return `replay of ${replay.path} at ${pace}${replay.loop ? ', in a loop' : ''}`;
}

function sayHello(
  terminal: Terminal,
  about: { url: string; options: UpOptions; cluster: ClusterAccess | null; generatedPassword: string | null },
): void {
  const { url, options, cluster, generatedPassword } = about;
  const acts = options.settings.response.mode === 'enforce' && cluster !== null;
  terminal.say(`KubeSecure ${VERSION}: ${sourceWords(options)}`);
  terminal.say(`  dashboard  ${url}`);
  terminal.say(`  log in     ${loginWords(options, generatedPassword)}`);
  terminal.say(`  cluster    ${cluster?.server ?? 'none'}`);
  terminal.say(`  decisions  ${acts ? 'enforced on the cluster' : 'dry run: nothing is changed'}\n`);
}

function loginWords({ adminPassword, settings }: UpOptions, generatedPassword: string | null): string {
  if (generatedPassword !== null) return `${ADMIN_NAME} / ${generatedPassword}  (made now, shown only once)`;
  if (adminPassword !== null) return `${ADMIN_NAME} / the value of KUBESECURE_ADMIN_PASSWORD`;
  return `${ADMIN_NAME} / the password shown at the first start with ${settings.store.path} (KUBESECURE_ADMIN_PASSWORD sets another)`;
}

function problemOf({ ok, reason }: { ok: boolean; reason: string }): Condition {
  return ok ? null : reason;
}

function clusterProblem({ view }: ClusterAccess): Condition {
  const { reachable, reason } = view.health();
  return reachable ? null : reason;
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
