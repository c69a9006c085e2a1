/**
 * Flows: batches of decoded packets come in, reports of bidirectional flows go out through `report`. The table owns all
 * records, is of fixed size, and reuses a record once its flow has ended.
 */
import { FLOW_FREE, FLOW_KIND, FLOW_WORDS, type FlowReporter } from '#core/flow-record.ts';
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
  /** Packets that were seen on another interface before, and so are in no flow. */
  readonly duplicates: number;
  /** Flows of two or more packets held, and how many fit. */
  readonly records: number;
  readonly recordCapacity: number;
  /** Flows of a single packet held, and how many fit. */
  readonly seeds: number;
  readonly seedCapacity: number;
}

/** A flow table. Its memory is limited by the settings, and taken from the system as it is used. */
export function createFlowTable(config: FlowsConfig, expiry: ExpiryPolicy, report: FlowReporter): FlowTable {
  const state = createTableState(config, expiry, report);
  const addPackets = createPacketLoop(state);
  return {
    add: addPackets,
    advance(timeUs) {
      if (expiry === 'live') advanceLive(state, timeUs);
    },
    finish: () => reportOpen(state),
    stats: () => statsOf(state),
  };
}

function statsOf(state: TableState): FlowTableStats {
  return {
    open: state.open,
    reported: state.reported,
    evicted: state.evicted,
    duplicates: state.duplicates,
    records: state.open - state.seedCount,
    recordCapacity: state.capacity,
    seeds: state.seedCount,
    seedCapacity: state.seedCapacity,
  };
}

function reportOpen(state: TableState): void {
  const { i32 } = state.memory;
  for (let record = 1; record < state.highWater; record++) {
    const base = record * FLOW_WORDS;
    if (i32[base + FLOW_KIND] !== FLOW_FREE) reportRecord(state, base, END_OF_CAPTURE);
  }
  for (let place = 0, left = state.seedCount; left > 0; place++) {
    if (state.seeds[place * SEED_WORDS + SEED_KIND] === 0) continue;
    reportSeed(state, place, END_OF_CAPTURE);
    left--;
  }
  state.open = 0;
  state.seedCount = 0;
}
