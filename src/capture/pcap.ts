import { knownLinkType } from './link-layer.ts';
import * as parserState from './parser-state.ts';
import { badCapture, noteTime, takePacket, type ParserState } from './parser-state.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const { MOST_CAPTURED_BYTES, PACKETS_A_CALL } = parserState;

/** What a pcap file's header says about its packets. */
export interface PcapFormat {
  readonly type: 'pcap';
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  readonly packetHeaderBytes: number;
  readonly linkType: number;
}

const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
/** Written by a patched libpcap: interface, protocol and packet type follow the usual packet header. */
const PATCHED = 0xa1b2cd34;
const PATCHED_PACKET_HEADER_BYTES = 24;

/** Reads and passes the file header; null while it is not there whole. Throws `bad-input` for any other file. */
export function readPcapHeader(state: ParserState): PcapFormat | null {
  const { view, start } = state;
  const littleEndian = isMagic(view.getUint32(start, true));
  if (!littleEndian && !isMagic(view.getUint32(start))) {
    throw badCapture(state, 'it is not a pcap or pcapng capture', start);
  }
  if (state.end - start < FILE_HEADER_BYTES) return null;

  // The upper bits tell of a frame check sequence at the end, which no header's length includes.
  const linkNumber = view.getUint32(start + 20, littleEndian) & 0xffff;
  const linkType = knownLinkType(linkNumber);
  if (linkType < 0) throw badCapture(state, `link type ${linkNumber} is not supported`, start + 20);
  const magic = view.getUint32(start, littleEndian);
  const packetHeaderBytes = magic === PATCHED ? PATCHED_PACKET_HEADER_BYTES : PACKET_HEADER_BYTES;
  state.start += FILE_HEADER_BYTES;
  return { type: 'pcap', littleEndian, nanoseconds: magic === NANOSECONDS, packetHeaderBytes, linkType };
}

function isMagic(word: number): boolean {
  return word === MICROSECONDS || word === NANOSECONDS || word === PATCHED;
}

/** Takes packets that are whole, some hundred at most; false when there are no more of them. */
export function parsePcap(state: ParserState, format: PcapFormat): boolean {
  const { view, end } = state;
  const { littleEndian, nanoseconds, packetHeaderBytes, linkType } = format;
  let position = state.start;
  let left = PACKETS_A_CALL;
  while (left > 0 && end - position >= packetHeaderBytes) {
    const captured = view.getUint32(position + 8, littleEndian);
    if (captured > MOST_CAPTURED_BYTES) {
      throw badCapture(state, `a packet of ${captured} captured bytes cannot be`, position);
    }
    const next = position + packetHeaderBytes + captured;
    if (next > end) break;
    const fraction = view.getUint32(position + 4, littleEndian);
    const micros = nanoseconds ? Math.floor(fraction / 1000) : fraction;
    noteTime(state, view.getUint32(position, littleEndian) * 1e6 + micros);
    const wireLength = view.getUint32(position + 12, littleEndian);
    takePacket(state, position + packetHeaderBytes, captured, wireLength, linkType);
    position = next;
    left--;
  }
  state.start = position;
  return left === 0;
}
