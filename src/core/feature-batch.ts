/** Why a flow is reported. `snapshot` flows are still open and will be reported again. */
export const FLOW_ENDINGS = ['snapshot', 'closed', 'idle', 'timeout', 'evicted', 'end-of-capture'] as const;
export type FlowEnding = (typeof FLOW_ENDINGS)[number];

/** Number of values in one CIC vector: the corrected CICFlowMeter's columns 8 (`Flow Duration`) to 93. */
export const CIC_WIDTH = 86;

/** Number of values in one entity context vector (see `features/context/context-features.ts` for names, order and units). */
export const CONTEXT_WIDTH = 21;

/** Distinct peers and ports are counted by a sketch that ends here: this value means "this many or more". */
export const MOST_DISTINCT = 266;

/**
 * What leaves the packet thread: one row for each flow report, in the order of reporting. Columns are typed arrays, so
 * a batch crosses to another thread by transfer; after that the sender must not touch it. Row r of an array of width w
 * lies at [r * w, (r + 1) * w). The client is the side that opened the flow (CIC's forward side).
 */
export interface FeatureBatch {
  /** Rows in use; the arrays may be longer. */
  count: number;
  /** Packet time of the flow's first packet, microseconds since the epoch. */
  readonly startUs: Float64Array;
  /** Packet time of the flow's last packet so far, microseconds since the epoch. */
  readonly lastUs: Float64Array;
  /** Packet time at which the row was reported, microseconds since the epoch; never decreases from row to row. */
  readonly reportedUs: Float64Array;
  /** 16 bytes a row (core/address.ts). */
  readonly clientAddress: Uint8Array;
  readonly serverAddress: Uint8Array;
  readonly clientPort: Uint16Array;
  readonly serverPort: Uint16Array;
  /** IANA protocol number. */
  readonly protocol: Uint8Array;
  /** Index into FLOW_ENDINGS. */
  readonly ending: Uint8Array;
  /** 0 the first time a flow is reported, then 1, 2, ... for its later snapshots and its end. */
  readonly report: Uint32Array;
  /** CIC_WIDTH values a row. */
  readonly cic: Float64Array;
  /** CONTEXT_WIDTH values a row: the client's and the server's behaviour at `reportedUs`, this flow included. */
  readonly clientContext: Float64Array;
  readonly serverContext: Float64Array;
}

/** A batch with room for `capacity` rows. */
export function createFeatureBatch(capacity: number): FeatureBatch {
  return {
    count: 0,
    startUs: new Float64Array(capacity),
    lastUs: new Float64Array(capacity),
    reportedUs: new Float64Array(capacity),
    clientAddress: new Uint8Array(capacity * 16),
    serverAddress: new Uint8Array(capacity * 16),
    clientPort: new Uint16Array(capacity),
    serverPort: new Uint16Array(capacity),
    protocol: new Uint8Array(capacity),
    ending: new Uint8Array(capacity),
    report: new Uint32Array(capacity),
    cic: new Float64Array(capacity * CIC_WIDTH),
    clientContext: new Float64Array(capacity * CONTEXT_WIDTH),
    serverContext: new Float64Array(capacity * CONTEXT_WIDTH),
  };
}

/** The buffers of a batch, for a transfer list. */
export function buffersOf(batch: FeatureBatch): ArrayBuffer[] {
  const columns = Object.values(batch).filter((column) => ArrayBuffer.isView(column));
  return columns.map((column) => column.buffer as ArrayBuffer);
}
