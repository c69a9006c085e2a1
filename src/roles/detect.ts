/** `detect`: a capture comes in, its alerts go to standard output when it has been read. Nothing is stored or sent. */
import type { Alert } from '#core/alert.ts';
import { systemClock } from '#core/clock.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import { createAlertDesk } from '#alerts/alert-desk.ts';
import type { Config } from '#config/config.ts';
import { createLog } from '#telemetry/log.ts';
import { alertTable } from './alert-table.ts';
import { dropWords } from './drop-words.ts';
import { judgeBatch, judgeRest, openDetector, packetPathSettings } from './judge.ts';
import { packetClock } from './replay-clock.ts';
import { startSensor } from './sensor.ts';

export async function detect(options: { path: string; output: 'table' | 'json'; settings: Config }): Promise<void> {
  const { path, output, settings } = options;
  const log = createLog(settings.telemetry);
  const detector = await openDetector(settings, log);
  const desk = createAlertDesk({
    store: null,
    channels: [],
    clock: systemClock,
    settings: settings.alerts,
    toWallMs: packetClock,
    workloadOf: () => null,
    onAlert: () => undefined,
    log,
  });
  try {
    const stats = await readAll(path, settings, (batch) => judgeBatch(detector, desk, batch));
    await judgeRest(detector, desk);
    print(desk.list(), output, stats);
    tellSuppressed(desk.suppressed());
  } finally {
    await desk.close();
    await detector.close();
  }
}

/** What was kept silent is told beside the result, so that nobody takes it for clean traffic. */
function tellSuppressed(counts: Readonly<Record<string, number>>): void {
  for (const [rule, count] of Object.entries(counts)) {
    if (count > 0) process.stderr.write(`kubesecure: the suppression "${rule}" kept ${count} verdicts silent\n`);
  }
}

type OnBatch = Parameters<typeof startSensor>[0]['onBatch'];

function readAll(path: string, settings: Config, onBatch: OnBatch): Promise<SensorStats> {
  return new Promise((resolve, reject) => {
    startSensor({
      source: { type: 'file', path },
      settings: packetPathSettings(settings),
      onBatch,
      onStats: () => undefined,
      onWarning: (message) => process.stderr.write(`kubesecure: ${message}\n`),
      onEnd: resolve,
      onError: reject,
    });
  });
}

function print(alerts: readonly Alert[], output: 'table' | 'json', stats: SensorStats): void {
  if (output === 'json') {
    for (const alert of alerts) process.stdout.write(`${JSON.stringify(alert)}\n`);
    return;
  }
  process.stdout.write(alertTable(alerts));
  const unused = dropWords(stats);
  const drops = unused === '' ? '' : ` (not used: ${unused})`;
  const found = alerts.length === 1 ? '1 alert' : `${alerts.length} alerts`;
  process.stdout.write(`${found} in ${stats.packets.toLocaleString('en-US')} packets${drops}\n`);
}
