import { createPacketBatch, type PacketBatch } from '#core/packet-batch.ts';
import { dropCode, type CaptureCounters } from './drops.ts';
import { badCapture, flush, type ParserState } from './parser-state.ts';
import { parsePcap, readPcapHeader, type PcapFormat } from './pcap.ts';
import { createPcapngFormat, isSectionHeader, parsePcapng, type PcapngFormat } from './pcapng.ts';
import { createTunnels, type TunnelSettings } from './tunnels.ts';
import { packingOf } from './unpack.ts';

/** Fits the level-2 cache and holds any packet that is allowed. */
const BUFFER_BYTES = 512 * 1024;
const BATCH_PACKETS = 256;

/**
 * Turns the bytes of a capture into packet batches. `room` is where the next bytes go, at least one; `advance` tells how
 * many were put there; `end` that there are no more. Batches are given to `onBatch` and reused. Throws `bad-input`,
 * naming the capture and the byte, for what is not a capture; a capture that ends inside a packet is one counted drop.
 */
export interface CaptureParser {
  room(): Uint8Array;
  advance(length: number): void;
  /** Whether the capture ended inside a packet or block. */
  end(): { readonly cut: boolean };
}

export function createCaptureParser(options: {
  readonly name: string;
  readonly counters: CaptureCounters;
  readonly onBatch: (batch: PacketBatch) => void;
  readonly config?: TunnelSettings | undefined;
}): CaptureParser {
  const { name, counters, onBatch, config } = options;
  const bytes = new Uint8Array(BUFFER_BYTES);
  const state: ParserState = {
    name,
    counters,
    onBatch,
    tunnels: config === undefined ? null : createTunnels(config),
    bytes,
    view: new DataView(bytes.buffer),
    start: 0,
    end: 0,
    offset: 0,
    skip: 0,
    batch: createPacketBatch(BATCH_PACKETS),
  };
  let format: PcapFormat | PcapngFormat | null = null;

  return {
    room: () => bytes.subarray(state.end),
    advance(length) {
      state.end += length;
      format ??= recognise(state, false);
      if (format === null) return;
      try {
        while (parseSome(state, format));
      } finally {
        // What was whole before damage is handed on as well.
        flush(state);
      }
      moveRestToFront(state);
    },
    end() {
      format ??= recognise(state, true);
      const cut = state.end > state.start || state.skip > 0;
      if (cut) {
        state.counters.packets++;
        state.counters.drops[dropCode('cut-file')]++;
      }
      return { cut };
    },
  };
}

function parseSome(state: ParserState, format: PcapFormat | PcapngFormat): boolean {
  return format.type === 'pcap' ? parsePcap(state, format) : parsePcapng(state, format);
}

function moveRestToFront(state: ParserState): void {
  state.bytes.copyWithin(0, state.start, state.end);
  state.offset += state.start;
  state.end -= state.start;
  state.start = 0;
}

function recognise(state: ParserState, atEnd: boolean): PcapFormat | PcapngFormat | null {
  const length = state.end - state.start;
  if (length >= 4) {
    if (isSectionHeader(state)) return createPcapngFormat();
    const packing = packingOf(state.view);
    if (packing !== null) throw badCapture(state, `it is packed by ${packing}; unpack it into the pipe`, 0);
    const pcap = readPcapHeader(state);
    if (pcap !== null) return pcap;
  }
  if (!atEnd) return null;
  if (length === 0) throw badCapture(state, 'it is empty', 0);
  throw badCapture(state, 'it is too short to be a pcap or pcapng capture', 0);
}
