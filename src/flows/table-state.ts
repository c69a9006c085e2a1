import { FLOW_WORDS, type FlowMemory, type FlowReporter } from '#core/flow-record.ts';
import { createAddressIds, type AddressIds } from './address-ids.ts';
import type { FlowsConfig } from './config.ts';
import { createFlowIndex, type FlowIndex } from './flow-index.ts';
import { createSegmentHistory, type SegmentHistory } from './segment-history.ts';

/** `cic` is the corrected CICFlowMeter's state machine; `live` closes, expires and reports flows as time goes on. */
export const EXPIRY_POLICIES = ['cic', 'live'] as const;
export type ExpiryPolicy = (typeof EXPIRY_POLICIES)[number];

/** Packets whose keys are made before the first of them is looked up. */
export const CHUNK_PACKETS = 256;

/** A flow of one packet: a ring of these takes the brunt of floods. Words of one seed; same names as FLOW_*. */
export const SEED_WORDS = 16;
export const SEED_TIME_F64 = 0;
export const SEED_LOW_ADDRESS = 2;
export const SEED_HIGH_ADDRESS = 3;
export const SEED_PORTS = 4;
/** 0 where the place is free: protocol | FLOW_IPV6, with SEED_TAKEN. */
export const SEED_KIND = 5;
export const SEED_HASH = 6;
/** FLOW_STATE_* bits, and SEED_BACKWARD. */
export const SEED_STATE = 7;
/** TCP flags | transport header bytes << 8. */
export const SEED_FLAGS = 8;
export const SEED_PAYLOAD = 9;
export const SEED_SEQUENCE = 10;
export const SEED_ACKNOWLEDGEMENT = 11;
export const SEED_WINDOW = 12;
export const SEED_REPORTS = 13;
/** As FLOW_INTERFACES. */
export const SEED_INTERFACES = 14;

export const SEED_TAKEN = 1 << 30;
/** The packet came from the server's side. */
export const SEED_BACKWARD = 1 << 8;

/** All that the flow table owns; its size does not depend on the traffic. */
export interface TableState {
  /** Whether the expiry policy is `live`; a boolean, since text is compared letter by letter. */
  readonly isLive: boolean;
  readonly report: FlowReporter;
  /**
   * Records 1 to capacity, and two where seeds are unfolded to be reported: 0 for those whose packet went forward,
   * capacity + 1 for the others.
   */
  readonly memory: FlowMemory;
  readonly capacity: number;
  /** Free records, last in first out, so that no more memory is touched than needed. */
  readonly freeRecords: Int32Array;
  freeCount: number;
  /** Records ever used lie in [1, highWater). */
  highWater: number;
  /** Packet time at which a record or seed is to be looked at; Infinity where free. Empty but for `live`. */
  readonly recordDueUs: Float64Array;
  readonly seedDueUs: Float64Array;
  readonly seeds: Int32Array;
  readonly seedTimes: Float64Array;
  readonly seedCapacity: number;
  /** Where the search for a free place goes on; in a full ring the oldest seed is there. */
  nextSeed: number;
  seedCount: number;
  readonly index: FlowIndex;
  readonly addresses: AddressIds;
  readonly segments: SegmentHistory;
  /** Where the search for a record to evict goes on. */
  evictionHand: number;
  /** Newest packet time seen, microseconds since the epoch. */
  nowUs: number;
  lastSweepUs: number;
  /** No record or seed is due before this. */
  nextDueUs: number;
  readonly timeouts: Timeouts;
  open: number;
  reported: number;
  evicted: number;
  /** Result of warmFlows, kept so that its reads are not left out. */
  warmed: number;
  /** Packets seen on another interface before. */
  duplicates: number;
}

/** Microseconds. */
export interface Timeouts {
  readonly idleUs: number;
  readonly halfOpenUs: number;
  readonly activeUs: number;
  readonly lingerUs: number;
  readonly firstReportUs: number;
  readonly sweepUs: number;
}

export function createTableState(config: FlowsConfig, expiry: ExpiryPolicy, report: FlowReporter): TableState {
  const isLive = expiry === 'live';
  const records = new ArrayBuffer((config.capacity + 2) * FLOW_WORDS * 4);
  const seeds = new ArrayBuffer(config.seeds * SEED_WORDS * 4);
  const addresses = createAddressIds(2 * (config.capacity + config.seeds + CHUNK_PACKETS));
  return {
    isLive,
    report,
    memory: { i32: new Int32Array(records), f64: new Float64Array(records), ipv6: addresses.words },
    capacity: config.capacity,
    freeRecords: new Int32Array(config.capacity),
    freeCount: 0,
    highWater: 1,
    recordDueUs: new Float64Array(isLive ? config.capacity + 1 : 0),
    seedDueUs: new Float64Array(isLive ? config.seeds : 0).fill(Infinity),
    seeds: new Int32Array(seeds),
    seedTimes: new Float64Array(seeds),
    seedCapacity: config.seeds,
    nextSeed: 0,
    seedCount: 0,
    index: createFlowIndex(config.capacity + config.seeds),
    addresses,
    segments: createSegmentHistory(4 * config.capacity),
    evictionHand: 1,
    nowUs: 0,
    lastSweepUs: -Infinity,
    nextDueUs: Infinity,
    timeouts: {
      idleUs: config.idleTimeoutMs * 1000,
      halfOpenUs: config.halfOpenTimeoutMs * 1000,
      activeUs: config.activeTimeoutMs * 1000,
      lingerUs: config.lingerMs * 1000,
      firstReportUs: config.firstReportMs * 1000,
      sweepUs: config.sweepMs * 1000,
    },
    open: 0,
    reported: 0,
    evicted: 0,
    warmed: 0,
    duplicates: 0,
  };
}
