import type { Alert } from '#core/alert.ts';
import type { Decision } from '#core/decision.ts';
import type { SensorStats } from '#core/sensor-stats.ts';

/** What `up` tells the person who started it, line by line as it happens. */
export interface Terminal {
  say(line: string): void;
  /** `updated`: an alert of an earlier run whose attack goes on. */
  alert(alert: Alert, event: 'opened' | 'updated'): void;
  decision(decision: Decision): void;
  /** One line about the traffic, at most every few seconds and only when something moved. */
  traffic(stats: SensorStats): void;
}

const TRAFFIC_EVERY_MS = 5000;

export function createTerminal(write: (text: string) => void, now: () => number): Terminal {
  let lastAtMs = now();
  let last = { packets: 0, flowsReported: 0 };
  const line = (text: string) => write(`${timeOfDay(now())}  ${text}\n`);
  return {
    say: (text) => write(`${text}\n`),
    alert(alert, event) {
      const since = event === 'opened' ? '' : ` (open since ${timeOfDay(Date.parse(alert.timestamp))})`;
      line(`ALERT     ${alert.severity.padEnd(8)}  ${alert.message}${since}`);
    },
    decision: (decision) => line(decisionLine(decision)),
    traffic(stats) {
      const elapsedMs = now() - lastAtMs;
      if (elapsedMs < TRAFFIC_EVERY_MS || stats.packets === last.packets) return;
      const packetsPerSecond = Math.round(((stats.packets - last.packets) * 1000) / elapsedMs);
      const reports = stats.flowsReported - last.flowsReported;
      const dropped = Object.values(stats.drops).reduce((sum, packets) => sum + packets, 0);
      const drops = dropped === 0 ? '' : `, ${count(dropped)} packets not used`;
      line(
        `traffic   ${count(packetsPerSecond)} packets/s, ${count(reports)} flow reports, ${count(stats.flowsOpen)} open${drops}`,
      );
      lastAtMs = now();
      last = { packets: stats.packets, flowsReported: stats.flowsReported };
    },
  };
}

function decisionLine(decision: Decision): string {
  const { target, victim, state } = decision;
  const where = target === null ? victim : `Ingress ${target.namespace}/${target.name}`;
  const limit = `${where} to ${limitWords(decision)} until ${timeOfDay(Date.parse(decision.until))}`;
  const reason = decision.reason === '' ? '' : ` (${decision.reason})`;
  if (state === 'simulated') return `DRY RUN   would limit ${limit}${reason}`;
  if (state === 'applied') return `LIMIT     ${limit}${reason}`;
  return `DECISION  ${state}: ${where}${reason}`;
}

function limitWords({ limit }: Decision): string {
  const rate = limit.rps === null ? `${limit.rpm} requests/min` : `${limit.rps} requests/s`;
  return `${rate} per client`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function timeOfDay(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
