/**
 * What leaves `flows`: one record of 512 bytes for each flow, in one ArrayBuffer seen as Int32Array and Float64Array,
 * grouped by cache line by use. Names ending in `_F64` are indices in doubles from the record's start, all others in
 * 32-bit words. Times inside a record are microseconds relative to the flow's first packet.
 */

export const FLOW_WORDS = 128;

/** The two ends in a fixed order, so that both directions have one key. IPv4: the address; IPv6: an id. */
export const FLOW_LOW_ADDRESS = 0;
export const FLOW_HIGH_ADDRESS = 1;
/** Port of the low end in the upper 16 bits, of the high end in the lower. */
export const FLOW_PORTS = 2;
/** IANA protocol | FLOW_IPV6; FLOW_FREE where the record has no flow. */
export const FLOW_KIND = 3;
export const FLOW_HASH = 4;
/** Bits, see FLOW_STATE_*. */
export const FLOW_STATE = 5;
/** Packet time of the first packet, microseconds since the epoch. */
export const FLOW_START_F64 = 3;
/** Time of the last packet. */
export const FLOW_LAST = 8;
/** How often the flow has been reported. */
export const FLOW_REPORTS = 9;
/** Packets in the flow when it was last reported. */
export const FLOW_REPORTED_PACKETS = 10;
/** ICMP type << 8 | code; -1 for other protocols. */
export const FLOW_ICMP = 11;
/** Gaps of more than one second. */
export const FLOW_SUBFLOWS = 12;
/** Start of the current active period. */
export const FLOW_ACTIVE_START = 13;
/** Microseconds that earlier parts of the same connection lasted, gaps included. */
export const FLOW_EARLIER_F64 = 7;
export const FLOW_FIN = 16;
export const FLOW_SYN = 17;
export const FLOW_ACK = 18;
export const FLOW_CWR = 19;
export const FLOW_ECE = 20;
/** The first inter-arrival time; squares are summed around it. */
export const FLOW_IAT_FIRST = 21;
export const FLOW_IAT_MAX = 22;
export const FLOW_IAT_MIN = 23;
export const FLOW_IAT_SQUARES_F64 = 12;
/** Active and idle periods: count, then mean and squared deviations by Welford, then extremes. */
export const FLOW_ACTIVE_COUNT = 26;
export const FLOW_IDLE_COUNT = 27;
export const FLOW_ACTIVE_MEAN_F64 = 14;
export const FLOW_ACTIVE_M2_F64 = 15;
export const FLOW_ACTIVE_MAX = 32;
export const FLOW_ACTIVE_MIN = 33;
export const FLOW_IDLE_MEAN_F64 = 17;
export const FLOW_IDLE_M2_F64 = 18;
export const FLOW_IDLE_MAX = 38;
export const FLOW_IDLE_MIN = 39;
/** Age at which the next snapshot of an open flow is due, microseconds. */
export const FLOW_NEXT_AGE = 40;
/** Interfaces to which the packets of the low end (lower 16 bits) and of the high end are pinned; 0 where not known. */
export const FLOW_INTERFACES = 41;

/** The two directions have one layout: WAY_* words from FLOW_FORWARD or FLOW_BACKWARD (both even). */
export const FLOW_FORWARD = 48;
export const FLOW_BACKWARD = 88;

export const WAY_PACKETS = 0;
export const WAY_LENGTH_MAX = 1;
export const WAY_BYTES_F64 = 1;
/** Sum of squared payload lengths. */
export const WAY_SQUARES_F64 = 2;
export const WAY_LENGTH_MIN = 6;
export const WAY_FIRST = 7;
export const WAY_LAST = 8;
export const WAY_IAT_FIRST = 9;
export const WAY_IAT_MAX = 10;
export const WAY_IAT_MIN = 11;
export const WAY_IAT_SQUARES_F64 = 6;
export const WAY_HEADER_BYTES_F64 = 7;
export const WAY_PSH = 16;
export const WAY_DATA_PACKETS = 17;
/** Bulk candidate: start and last packet (FLOW_NO_TIME where there is none), packets, bytes. */
export const WAY_BULK_START = 18;
export const WAY_BULK_COUNT = 19;
export const WAY_BULK_SIZE = 20;
export const WAY_BULK_LAST = 21;
export const WAY_BULK_BYTES_F64 = 11;
export const WAY_BULK_DURATION_F64 = 12;
export const WAY_BULKS = 26;
export const WAY_BULK_PACKETS = 27;
export const WAY_WINDOW = 28;
export const WAY_SEGMENT_MIN = 29;
export const WAY_URG = 30;
export const WAY_RST = 31;
export const WAY_RETRANSMISSIONS = 32;
/** The greatest (sequence, acknowledgement, length, window) seen, and the newest block of those before it. */
export const WAY_TOP_SEQUENCE = 33;
export const WAY_TOP_ACKNOWLEDGEMENT = 34;
export const WAY_TOP_LENGTH = 35;
export const WAY_TOP_WINDOW = 36;
export const WAY_SEGMENT_BLOCK = 37;
/** 0 before the first segment, then 1 more than the segments in the newest block. */
export const WAY_TOP_KNOWN = 38;
/** Names the direction's segments that came out of order; 0 while there are none. */
export const WAY_SERIAL = 39;

/** Smaller than any time in a record. */
export const FLOW_NO_TIME = -0x80000000;

/** Set in FLOW_KIND where the addresses are ids of IPv6 addresses. */
export const FLOW_IPV6 = 1 << 8;
export const FLOW_FREE = -1;

/** TCP closing, the corrected CICFlowMeter's states: 0 none, 1 one FIN, 2 FIN both ways, 3 ready for a new flow. */
export const FLOW_STATE_CLOSING = 3;
/** The forward side (the client) is the high end of the key. */
export const FLOW_STATE_CLIENT_HIGH = 1 << 2;
/** The Flow ID names the high end first. */
export const FLOW_STATE_ID_HIGH = 1 << 3;
export const FLOW_STATE_FIN_FORWARD = 1 << 4;
export const FLOW_STATE_FIN_BACKWARD = 1 << 5;
/** FIN both ways or RST. */
export const FLOW_STATE_CLOSED = 1 << 6;
/** TCP: the client has sent more than its SYN. */
export const FLOW_STATE_ANSWERED = 1 << 7;

/** Where flow records lie. */
export interface FlowMemory {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /** Addresses behind the ids of IPv6 flows, four big-endian words each. */
  readonly ipv6: Int32Array;
}

/**
 * Gets each report of a flow: the record begins at word `base` of the memory and may be read during the call only.
 * `ending` is an index into FLOW_ENDINGS; `reportedUs` is packet time.
 */
export type FlowReporter = (memory: FlowMemory, base: number, ending: number, reportedUs: number) => void;

/** Writes one end's address in 16 bytes (core/address.ts). */
export function writeFlowAddress(
  memory: FlowMemory,
  base: number,
  high: boolean,
  target: Uint8Array,
  offset: number,
): void {
  const address = memory.i32[base + (high ? FLOW_HIGH_ADDRESS : FLOW_LOW_ADDRESS)];
  if ((memory.i32[base + FLOW_KIND] & FLOW_IPV6) === 0) {
    // A loop, since `fill` is a call out of compiled code, which costs more than ten stores.
    for (let byte = 0; byte < 10; byte++) target[offset + byte] = 0;
    target[offset + 10] = 0xff;
    target[offset + 11] = 0xff;
    writeWord(address, target, offset + 12);
    return;
  }
  for (let word = 0; word < 4; word++) writeWord(memory.ipv6[address * 4 + word], target, offset + word * 4);
}

function writeWord(word: number, target: Uint8Array, offset: number): void {
  target[offset] = word >>> 24;
  target[offset + 1] = word >>> 16;
  target[offset + 2] = word >>> 8;
  target[offset + 3] = word;
}
