import type { SensorStats } from '#core/sensor-stats.ts';
import { dropsByReason, type CaptureCounters } from '#capture/drops.ts';
import type { FlowTable } from '#flows/flow-table.ts';
import type { EntityCounters } from '#features/context/entity-counters.ts';

/** The counters of the packet path as one record; `entities` is null where nobody is counted. */
export function sensorStats(
  source: string,
  counters: CaptureCounters,
  table: FlowTable,
  entities: EntityCounters | null,
): SensorStats {
  const { open, reported, evicted, duplicates, ...slots } = table.stats();
  const counted = entities?.stats();
  const drops = dropsByReason(counters);
  if (duplicates > 0) drops['duplicate'] = duplicates;
  return {
    source,
    packets: counters.packets,
    bytes: counters.bytes,
    drops,
    flowsOpen: open,
    flowsReported: reported,
    flowsEvicted: evicted,
    table: slots,
    entities: { held: counted === undefined ? 0 : counted.clients + counted.servers, evicted: counted?.evicted ?? 0 },
    packetTimeUs: counters.packetTimeUs,
  };
}
