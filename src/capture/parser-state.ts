import { KubeSecureError } from '#core/error.ts';
import { PACKET_TIME, PACKET_WORDS, type PacketBatch } from '#core/packet-batch.ts';
import { decodeFrame } from './decode.ts';
import { dropCode, USED, type CaptureCounters } from './drops.ts';

/** No capture tool writes more of one packet. */
export const MOST_CAPTURED_BYTES = 262_144;

/** A time beyond the year 2223 is damage; up to there microseconds are exact in a double, sums with timeouts included. */
const LATEST_TIME_US = 8e15;

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
  readonly counters: CaptureCounters;
  readonly onBatch: (batch: PacketBatch) => void;
}

/** Decodes one packet into the batch, counts it, and hands the batch on when it is full. */
export function takePacket(
  state: ParserState,
  offset: number,
  captured: number,
  wireLength: number,
  linkType: number,
  statedTimeUs: number,
): void {
  const { batch, counters } = state;
  const timeUs = Math.min(Math.max(statedTimeUs, 0), LATEST_TIME_US);
  counters.packets++;
  counters.bytes += wireLength;
  if (timeUs > counters.packetTimeUs) counters.packetTimeUs = timeUs;
  const result =
    linkType < 0 ? dropCode('link-type') : decodeFrame(state.view, offset, captured, wireLength, linkType, batch);
  if (result !== USED) {
    counters.drops[result]++;
    return;
  }
  batch.f64[(batch.count * PACKET_WORDS) / 2 + PACKET_TIME] = timeUs;
  batch.count++;
  if (batch.count === batch.capacity) flush(state);
}

/** The one form of error about a capture's content. */
export function badCapture(state: ParserState, problem: string, at: number): KubeSecureError {
  return new KubeSecureError('bad-input', `while reading ${state.name}: ${problem}, at byte ${state.offset + at}`);
}

/** Hands the packets so far on. */
export function flush(state: ParserState): void {
  if (state.batch.count > 0) state.onBatch(state.batch);
  state.batch.count = 0;
}
