/**
 * The process that gets killed: stores alerts with what is owed to a channel, each through the alert desk, and writes
 * the id of each to standard output once it was acknowledged. Arguments: the store's file, and how many (then it waits).
 */
import { writeSync } from 'node:fs';
import { createAlertDesk } from '#alerts/alert-desk.ts';
import { AlertsConfig } from '#alerts/config.ts';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import type { Verdict } from '#core/verdict.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';

const [, , path = '', count = '1'] = process.argv;

const desk = createAlertDesk({
  store: openSqliteStore({ path, clock: systemClock }),
  channels: ['webhook'],
  clock: systemClock,
  settings: AlertsConfig.parse({}),
  toWallMs: (packetUs) => packetUs / 1000,
  workloadOf: () => null,
  onAlert: (alert, event) => {
    if (event === 'opened') writeSync(1, `${alert.id}\n`);
  },
  log: silentLog,
});

for (let i = 0; i < Number(count); i++) {
  await desk.accept([scanBy(`10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`)]);
}
setInterval(() => undefined, 60_000);

/** A verdict that is certain enough to be an alert by itself. */
function scanBy(ip: string): Verdict {
  const atUs = Date.now() * 1000;
  return {
    entity: { side: 'client', ip, port: null, workload: null },
    family: 'port-scan',
    score: 0.999,
    threshold: 0.5,
    pValue: 0.0001,
    atUs,
    firstUs: atUs - 1e6,
    flows: 30,
    peers: [{ ip: '10.77.0.10', port: 22, flows: 1 }],
    reasons: [],
  };
}
