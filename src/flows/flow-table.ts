/**
 * Flows: batches of decoded packets come in, reports of bidirectional flows go out through `report`. The table owns all
 * records, is of fixed size, and reuses a record once its flow has ended.
 */
import type { FlowReporter } from '#core/flow-record.ts';
import { FLOW_WORDS } from '#core/flow-record.ts';
import type { PacketBatch } from '#core/packet-batch.ts';
import type { FlowsConfig } from './config.ts';
import { advanceLive } from './live-expiry.ts';
import { createPacketLoop } from './packet-loop.ts';
import { END_OF_CAPTURE, reportRecord } from './records.ts';
import { reportSeed } from './seeds.ts';
import { createTableState, SEED_KIND, SEED_WORDS, type ExpiryPolicy, type TableState } from './table-state.ts';

export interface FlowTable {
  /** Takes the packets of a batch; keeps nothing of it. */
  add(batch: PacketBatch): void;
  /** Tells that packet time has come to `timeUs` (microseconds since the epoch) without a packet. */
  advance(timeUs: number): void;
  /** Reports all flows still open. The table must not be used after it. */
  finish(): void;
  stats(): FlowTableStats;
}

export interface FlowTableStats {
  readonly open: number;
  readonly reported: number;
  readonly evicted: number;
}

/** A flow table. All its memory is reserved at once, and taken from the system as it is used. */
export function createFlowTable(config: FlowsConfig, expiry: ExpiryPolicy, report: FlowReporter): FlowTable {
  const state = createTableState(config, expiry, report);
  const addPackets = createPacketLoop(state);
  return {
    add: addPackets,
    advance(timeUs) {
      if (expiry === 'live') advanceLive(state, timeUs);
    },
    finish: () => reportOpen(state),
    stats: () => ({ open: state.open, reported: state.reported, evicted: state.evicted }),
  };
}

function reportOpen(state: TableState): void {
  const free = new Set(state.freeRecords.subarray(0, state.freeCount));
  for (let record = 1; record < state.highWater; record++) {
    if (!free.has(record)) reportRecord(state, record * FLOW_WORDS, END_OF_CAPTURE);
  }
  for (let place = 0; place < state.seedCapacity; place++) {
    if (state.seeds[place * SEED_WORDS + SEED_KIND] !== 0) reportSeed(state, place, END_OF_CAPTURE);
  }
  state.open = 0;
}
