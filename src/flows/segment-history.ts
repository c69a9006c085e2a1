import * as flowRecord from '#core/flow-record.ts';
import { hashFlow, randomHashSeed, type HashSeed } from './flow-hash.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const {
  WAY_SEGMENT_BLOCK,
  WAY_SERIAL,
  WAY_TOP_ACKNOWLEDGEMENT,
  WAY_TOP_KNOWN,
  WAY_TOP_LENGTH,
  WAY_TOP_SEQUENCE,
  WAY_TOP_WINDOW,
} = flowRecord;

/**
 * Tells whether a TCP segment (sequence, acknowledgement, length, window) was seen before in its direction. A direction
 * holds its greatest segment; nearly every new one is greater, and then nothing is searched. Former greatest ones fill
 * blocks in a ring shared by all flows; a direction's blocks are a chain with far links, so that a search takes few steps
 * (the skew-binary links of Myers 1983). Segments that came out of order go into a small set-associative table. Both
 * forget the oldest, so memory is fixed: a repeat is missed only after as many newer blocks as the ring has places. But
 * for a block's first one, segments are held as fingerprints: of 10^8 segments out of order one may be taken for a repeat.
 */
export interface SegmentHistory {
  /** BLOCK_WORDS for each place. */
  readonly ring: Int32Array;
  /** Number of places; a power of two. */
  readonly places: number;
  /** Number of the next block; blocks are numbered from 1 and wrap around. */
  next: number;
  /** Two fingerprints for each way, LATE_WAYS ways for each set; both 0 in one that is free. */
  readonly late: Int32Array;
  /** Bits of a hash that are left over when it has chosen a set. */
  readonly lateShift: number;
  nextSerial: number;
  /** Nobody outside may know which segments have one fingerprint. */
  readonly seed: HashSeed;
}

const MOST_PLACES = 2 ** 18;

/** A segment that is further ahead is damage or a forgery, and must not become the greatest. */
const FARTHEST_AHEAD = 2 ** 30;

/** A block is a cache line: its first segment whole, links, and the fingerprints of the next ones in serial order. */
const BLOCK_WORDS = 16;
const SEQUENCE = 0;
const ACKNOWLEDGEMENT = 1;
const LENGTH = 2;
const WINDOW = 3;
const EARLIER = 4;
const FAR = 5;
const DEPTH = 6;
const FINGERPRINTS = 7;
const BLOCK_SEGMENTS = 1 + BLOCK_WORDS - FINGERPRINTS;

/** A set is a cache line, too. */
const LATE_WAYS = 8;
const LATE_SET_WORDS = 2 * LATE_WAYS;

/** A history of that many blocks at least, or of MOST_PLACES where that is less. */
export function createSegmentHistory(blocks: number): SegmentHistory {
  const places = Math.min(MOST_PLACES, 2 ** Math.ceil(Math.log2(blocks)));
  const lateSetBits = Math.max(1, Math.log2(places) - 2);
  return {
    ring: new Int32Array(places * BLOCK_WORDS),
    places,
    next: 1,
    late: new Int32Array(2 ** lateSetBits * LATE_SET_WORDS),
    lateShift: 32 - lateSetBits,
    nextSerial: 1,
    seed: randomHashSeed(),
  };
}

/** Notes a segment of the direction at word `way` of the records; true if it was there before. */
export function isRepeat(
  history: SegmentHistory,
  records: Int32Array,
  way: number,
  sequence: number,
  acknowledgement: number,
  length: number,
  window: number,
): boolean {
  if (records[way + WAY_TOP_KNOWN] === 0) records[way + WAY_TOP_KNOWN] = 1;
  else {
    let order = (sequence - records[way + WAY_TOP_SEQUENCE]) | 0;
    if (order === 0) order = (acknowledgement - records[way + WAY_TOP_ACKNOWLEDGEMENT]) | 0;
    if (order === 0) order = length - records[way + WAY_TOP_LENGTH];
    if (order === 0) order = window - records[way + WAY_TOP_WINDOW];
    if (order === 0) return true;
    if (order < 0 || order > FARTHEST_AHEAD) {
      return (
        isInChain(history, records, way, sequence, acknowledgement, length, window) ||
        isInLateTable(history, records, way, sequence, acknowledgement, length, window)
      );
    }
    pushTop(history, records, way);
  }
  records[way + WAY_TOP_SEQUENCE] = sequence;
  records[way + WAY_TOP_ACKNOWLEDGEMENT] = acknowledgement;
  records[way + WAY_TOP_LENGTH] = length;
  records[way + WAY_TOP_WINDOW] = window;
  return false;
}

/** The greatest segment so far goes into the direction's newest block. */
function pushTop(history: SegmentHistory, records: Int32Array, way: number): void {
  const { ring } = history;
  const held = records[way + WAY_TOP_KNOWN] - 1;
  const sequence = records[way + WAY_TOP_SEQUENCE];
  const acknowledgement = records[way + WAY_TOP_ACKNOWLEDGEMENT];
  const length = records[way + WAY_TOP_LENGTH];
  const window = records[way + WAY_TOP_WINDOW];
  if (held > 0 && held < BLOCK_SEGMENTS && isHeld(history, records[way + WAY_SEGMENT_BLOCK])) {
    const at = placeOf(history, records[way + WAY_SEGMENT_BLOCK]);
    ring[at + FINGERPRINTS + held - 1] = hashFlow(history.seed, sequence, acknowledgement, length, window);
    records[way + WAY_TOP_KNOWN] = held + 2;
    return;
  }
  const block = addBlock(history, held === 0 ? 0 : records[way + WAY_SEGMENT_BLOCK]);
  const at = placeOf(history, block);
  ring[at + SEQUENCE] = sequence;
  ring[at + ACKNOWLEDGEMENT] = acknowledgement;
  ring[at + LENGTH] = length;
  ring[at + WINDOW] = window;
  records[way + WAY_SEGMENT_BLOCK] = block;
  records[way + WAY_TOP_KNOWN] = 2;
}

/** A new block behind the direction's newest one. */
function addBlock(history: SegmentHistory, earlier: number): number {
  const { ring } = history;
  const block = history.next;
  const at = placeOf(history, block);
  ring[at + EARLIER] = earlier;
  ring[at + FAR] = earlier;
  ring[at + DEPTH] = 1;
  history.next = (block + 1) | 0 || 1;
  if (!isHeld(history, earlier)) return block;
  const from = placeOf(history, earlier);
  ring[at + DEPTH] = ring[from + DEPTH] + 1;
  const far = ring[from + FAR];
  if (!isHeld(history, far)) return block;
  const farAt = placeOf(history, far);
  const farther = ring[farAt + FAR];
  const isEqualLeap =
    isHeld(history, farther) &&
    ring[from + DEPTH] - ring[farAt + DEPTH] === ring[farAt + DEPTH] - ring[placeOf(history, farther) + DEPTH];
  if (isEqualLeap) ring[at + FAR] = farther;
  return block;
}

/** Segments rise in serial order along the chain: only the newest block that begins no later can hold this one. */
function isInChain(
  history: SegmentHistory,
  records: Int32Array,
  way: number,
  sequence: number,
  acknowledgement: number,
  length: number,
  window: number,
): boolean {
  const { ring } = history;
  let held = records[way + WAY_TOP_KNOWN] - 1;
  if (held === 0) return false;
  let block = records[way + WAY_SEGMENT_BLOCK];
  while (isHeld(history, block)) {
    const at = placeOf(history, block);
    const order = orderAt(ring, at, sequence, acknowledgement, length, window);
    if (order === 0) return true;
    if (order < 0) {
      const fingerprint = hashFlow(history.seed, sequence, acknowledgement, length, window);
      for (let i = 0; i < held - 1; i++) if (ring[at + FINGERPRINTS + i] === fingerprint) return true;
      return false;
    }
    const far = ring[at + FAR];
    const leap =
      isHeld(history, far) && orderAt(ring, placeOf(history, far), sequence, acknowledgement, length, window) > 0;
    block = leap ? far : ring[at + EARLIER];
    held = BLOCK_SEGMENTS;
  }
  return false;
}

function orderAt(
  ring: Int32Array,
  at: number,
  sequence: number,
  acknowledgement: number,
  length: number,
  window: number,
): number {
  let order = (ring[at + SEQUENCE] - sequence) | 0;
  if (order === 0) order = (ring[at + ACKNOWLEDGEMENT] - acknowledgement) | 0;
  if (order === 0) order = ring[at + LENGTH] - length;
  if (order === 0) order = ring[at + WINDOW] - window;
  return order;
}

function placeOf(history: SegmentHistory, block: number): number {
  return (block & (history.places - 1)) * BLOCK_WORDS;
}

/** Whether the block exists and has not been overwritten. */
function isHeld(history: SegmentHistory, block: number): boolean {
  return block !== 0 && (history.next - block) >>> 0 < history.places;
}

/** Looks for a segment that came out of order, and adds it, newest way first. */
function isInLateTable(
  history: SegmentHistory,
  records: Int32Array,
  way: number,
  sequence: number,
  acknowledgement: number,
  length: number,
  window: number,
): boolean {
  const { late, seed } = history;
  if (records[way + WAY_SERIAL] === 0) {
    records[way + WAY_SERIAL] = history.nextSerial;
    history.nextSerial = (history.nextSerial + 1) | 0 || 1;
  }
  const first = hashFlow(seed, sequence, acknowledgement, length, window);
  const second = hashFlow(seed, records[way + WAY_SERIAL], first, window ^ acknowledgement, sequence) | 1;
  const set = (Math.imul(second, 0x9e3779b1) >>> history.lateShift) * LATE_SET_WORDS;
  const end = set + LATE_SET_WORDS;
  for (let at = set; at < end; at += 2) if (late[at] === first && late[at + 1] === second) return true;
  late.copyWithin(set + 2, set, end - 2);
  late[set] = first;
  late[set + 1] = second;
  return false;
}
