import type { Alert } from '#core/alert.ts';
import { describeReason } from '#core/reason-words.ts';

/** Alerts for a terminal: one line each, what it is, how sure and why below. Empty where there is none. */
export function alertTable(alerts: readonly Alert[]): string {
  if (alerts.length === 0) return '';
  const rows = alerts.map((alert) => [
    alert.firstSeen.slice(0, 19).replace('T', ' '),
    alert.severity,
    alert.family,
    entityWords(alert),
    String(alert.flows),
    alert.technique,
  ]);
  const header = ['first seen (UTC)', 'severity', 'family', 'who', 'flows', 'technique'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = [line(header)];
  alerts.forEach((alert, i) => lines.push(line(rows[i] ?? []), `    ${alert.message}`, ...evidenceLines(alert)));
  return `${lines.join('\n')}\n`;
}

/** How sure it is, then the reasons that the message does not tell yet. */
function evidenceLines({ message, score, threshold, pValue, reasons }: Alert): string[] {
  const more = reasons.map(describeReason).filter((words) => !message.endsWith(words));
  const sure = `score ${score.toFixed(4)}, threshold ${threshold.toFixed(4)}, p ${Number(pValue.toPrecision(2))}`;
  return [`    ${sure}`, ...(more.length > 0 ? [`    also: ${more.join('; ')}`] : [])];
}

function entityWords({ entity, peers }: Alert): string {
  const name = (ip: string, port: number | null) =>
    port === null ? ip : `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
  const [peer] = peers;
  const other = peer === undefined ? '?' : name(peer.ip, peer.port);
  const more = peers.length > 1 ? ` and ${peers.length - 1} more` : '';
  const self = name(entity.ip, entity.port);
  return entity.side === 'client' ? `${self} -> ${other}${more}` : `${other}${more} -> ${self}`;
}
