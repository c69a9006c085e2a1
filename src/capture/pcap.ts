import { knownLinkType } from './link-layer.ts';
import { badCapture, MOST_CAPTURED_BYTES, takePacket, type ParserState } from './parser-state.ts';

/** What a pcap file's header says about its packets. */
export interface PcapFormat {
  readonly type: 'pcap';
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  readonly linkType: number;
}

const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;

/** Reads and passes the file header; null while it is not there whole. Throws `bad-input` for any other file. */
export function readPcapHeader(state: ParserState): PcapFormat | null {
  const { view, start } = state;
  const littleEndian = isMagic(view.getUint32(start, true));
  if (!littleEndian && !isMagic(view.getUint32(start))) {
    throw badCapture(state, 'it is not a pcap or pcapng capture', start);
  }
  if (state.end - start < FILE_HEADER_BYTES) return null;

  const linkNumber = view.getUint32(start + 20, littleEndian) & 0xffff;
  const linkType = knownLinkType(linkNumber);
  if (linkType < 0) throw badCapture(state, `link type ${linkNumber} is not supported`, start + 20);
  const nanoseconds = view.getUint32(start, littleEndian) === 0xa1b23c4d;
  state.start += FILE_HEADER_BYTES;
  return { type: 'pcap', littleEndian, nanoseconds, linkType };
}

function isMagic(word: number): boolean {
  return word === 0xa1b2c3d4 || word === 0xa1b23c4d;
}

/** Takes all packets that are whole. */
export function parsePcap(state: ParserState, format: PcapFormat): void {
  const { view, end } = state;
  const { littleEndian, nanoseconds, linkType } = format;
  let position = state.start;
  while (end - position >= PACKET_HEADER_BYTES) {
    const captured = view.getUint32(position + 8, littleEndian);
    if (captured > MOST_CAPTURED_BYTES) {
      throw badCapture(state, `a packet of ${captured} captured bytes cannot be`, position);
    }
    const next = position + PACKET_HEADER_BYTES + captured;
    if (next > end) break;
    const fraction = view.getUint32(position + 4, littleEndian);
    const timeUs =
      view.getUint32(position, littleEndian) * 1e6 + (nanoseconds ? Math.floor(fraction / 1000) : fraction);
    const wireLength = view.getUint32(position + 12, littleEndian);
    takePacket(state, position + PACKET_HEADER_BYTES, captured, wireLength, linkType, timeUs);
    position = next;
  }
  state.start = position;
}
