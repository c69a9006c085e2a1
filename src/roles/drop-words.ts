import type { SensorStats } from '#core/sensor-stats.ts';

/** The packets that were not used, by reason: `3 fragment, 1 cut-file`. Empty where every packet was used. */
export function dropWords({ drops }: SensorStats): string {
  return Object.entries(drops)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
}
