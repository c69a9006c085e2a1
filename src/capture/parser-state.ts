import { KubeSecureError } from '#core/error.ts';
import * as packetBatch from '#core/packet-batch.ts';
import type { PacketBatch } from '#core/packet-batch.ts';
import { decodeFrame } from './decode.ts';
import * as drops from './drops.ts';
import { dropCode, type CaptureCounters } from './drops.ts';
import type { Tunnels } from './tunnels.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const { PACKET_TIME, PACKET_WORDS } = packetBatch;
const { USED } = drops;

/** No capture tool writes more of one packet. */
export const MOST_CAPTURED_BYTES = 262_144;

/** A time beyond the year 2223 is damage; up to there microseconds are exact in a double, sums with timeouts included. */
const LATEST_TIME_US = 8e15;

const LINK_TYPE = dropCode('link-type');

/** What the formats share: the buffer, its place in the capture, and where packets go. */
export interface ParserState {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Unread bytes lie in [start, end). */
  start: number;
  end: number;
  /** Place of the buffer's first byte in the capture. */
  offset: number;
  /** Bytes to pass over before the next block. */
  skip: number;
  readonly batch: PacketBatch;
  /** Null: only the outer packets are decoded. */
  readonly tunnels: Tunnels | null;
  readonly counters: CaptureCounters;
  readonly onBatch: (batch: PacketBatch) => void;
}

/**
 * Packets or blocks that a parser takes before it returns. V8 gives a loop that never ends code of its own, which is
 * left at the loop's end again and again; a function that is called often gets better.
 */
export const PACKETS_A_CALL = 256;

/** Notes the time of the packet that is taken next; apart from takePacket, since a double as an argument is allocated. */
export function noteTime(state: ParserState, statedTimeUs: number): void {
  const { batch, counters } = state;
  const timeUs = Math.min(Math.max(statedTimeUs, 0), LATEST_TIME_US);
  batch.f64[(batch.count * PACKET_WORDS) / 2 + PACKET_TIME] = timeUs;
  counters.packetTimeUs = timeUs;
}

/** Decodes one packet into the batch, counts it, and hands the batch on when it is full. */
export function takePacket(
  state: ParserState,
  offset: number,
  captured: number,
  wireLength: number,
  linkType: number,
): void {
  const { batch, counters } = state;
  counters.packets++;
  counters.bytes += wireLength;
  const result =
    linkType < 0 ? LINK_TYPE : decodeFrame(state.view, offset, captured, wireLength, linkType, batch, state.tunnels);
  if (result !== USED) {
    counters.drops[result]++;
    return;
  }
  batch.count++;
  if (batch.count === batch.capacity) flush(state);
}

/** The one form of error about a capture's content. */
export function badCapture(state: ParserState, problem: string, at: number): KubeSecureError {
  return new KubeSecureError('bad-input', `while reading ${state.name}: ${problem}, at byte ${state.offset + at}`);
}

/** Hands the packets so far on, once, even if their receiver throws. */
export function flush(state: ParserState): void {
  try {
    if (state.batch.count > 0) state.onBatch(state.batch);
  } finally {
    state.batch.count = 0;
  }
}
