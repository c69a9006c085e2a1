import type { ReactNode } from 'react';
import type { SensorStats } from '#core/sensor-stats.ts';
import type { LiveStatus } from './api/live.ts';
import { ratesOf } from './rates.ts';
import { bytes, percent, shortNumber } from './words/numbers.ts';

/** The five numbers that say whether it works and whether something is wrong. */
export function Tiles({ status }: { status: LiveStatus | undefined }) {
  const sensor = status?.sensor ?? null;
  const { packetsPerSecond, flowsPerSecond } = ratesOf(status?.samples ?? []);
  const counts = status?.counts;

  return (
    <dl className="tiles">
      <Tile name="Packets" unit="/s" value={rateText(packetsPerSecond)}>
        {sensor ? `${shortNumber(sensor.packets)} so far, ${bytes(sensor.bytes)}` : 'no packets are read'}
      </Tile>
      <Tile name="Flows" unit="/s" value={rateText(flowsPerSecond)}>
        {sensor
          ? `${shortNumber(sensor.flowsOpen)} open, ${shortNumber(sensor.flowsReported)} reported`
          : 'no flows yet'}
      </Tile>
      <Tile name="Dropped packets" value={sensor ? shortNumber(totalOf(sensor.drops)) : '–'}>
        {sensor ? dropWords(sensor) : 'nothing to drop'}
      </Tile>
      <Tile
        name="Open alerts"
        value={counts ? `${counts.openAlerts}${counts.moreOpenAlerts ? '+' : ''}` : '–'}
        tone={counts && counts.openAlerts > 0 ? 'alarm' : 'calm'}
      >
        {counts && pendingWords(counts.pendingNotifications)}
      </Tile>
      <Tile name="Decisions in force" value={counts ? String(counts.decisionsInForce) : '–'}>
        {counts &&
          (counts.decisionsSimulated > 0 ? `${counts.decisionsSimulated} more as a dry run` : 'none as a dry run')}
      </Tile>
    </dl>
  );
}

function Tile(props: { name: string; value: string; unit?: string; tone?: 'alarm' | 'calm'; children: ReactNode }) {
  const { name, value, unit, tone = 'calm', children } = props;
  return (
    <div className={`tile tile-${tone}`}>
      <dt>{name}</dt>
      <dd className="tile-value">
        {value}
        {unit && value !== '–' && <span className="tile-unit">{unit}</span>}
      </dd>
      <dd className="quiet">{children}</dd>
    </div>
  );
}

function rateText(rate: number | null): string {
  return rate === null ? '–' : shortNumber(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate));
}

function dropWords({ drops, packets }: SensorStats): string {
  const reasons = Object.entries(drops).filter(([, count]) => count > 0);
  if (reasons.length === 0) return packets > 0 ? 'every packet was used' : 'none so far';
  const share = percent(totalOf(drops) / Math.max(packets, 1));
  const worst = reasons.toSorted(([, a], [, b]) => b - a).slice(0, 2);
  return `${share}: ${worst.map(([reason, count]) => `${reason} ${shortNumber(count)}`).join(', ')}`;
}

function pendingWords(pending: number): string {
  return pending === 0
    ? 'all notifications sent'
    : `${pending} ${pending === 1 ? 'notification' : 'notifications'} waiting`;
}

function totalOf(drops: SensorStats['drops']): number {
  return Object.values(drops).reduce((sum, count) => sum + count, 0);
}
