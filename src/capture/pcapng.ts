import { knownLinkType } from './link-layer.ts';
import * as parserState from './parser-state.ts';
import { badCapture, noteTime, takePacket, type ParserState } from './parser-state.ts';
import { readInterfaceOptions, toMicroseconds, type Clock } from './pcapng-time.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const { PACKETS_A_CALL } = parserState;

interface Interface extends Clock {
  readonly linkType: number;
  /** Bytes kept of each packet; 0: all. */
  readonly snaplen: number;
}

/** Where a pcapng capture stands: byte order and interfaces belong to the current section. */
export interface PcapngFormat {
  readonly type: 'pcapng';
  littleEndian: boolean;
  interfaces: Interface[];
  /** Simple packet blocks have no time: they get the newest one. */
  lastTimeUs: number;
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const MOST_INTERFACES = 65_536;

export function createPcapngFormat(): PcapngFormat {
  return { type: 'pcapng', littleEndian: true, interfaces: [], lastTimeUs: 0 };
}

/** Whether a section header block begins here; its type reads the same in both byte orders. */
export function isSectionHeader(state: ParserState): boolean {
  return state.view.getUint32(state.start) === SECTION_HEADER;
}

/**
 * Takes blocks that are whole, some hundred at most, and passes over those of no interest without holding them; false
 * when there are no more.
 */
export function parsePcapng(state: ParserState, format: PcapngFormat): boolean {
  const { view } = state;
  for (let left = PACKETS_A_CALL; left > 0; left--) {
    passOver(state);
    const position = state.start;
    const available = state.end - position;
    if (available < 12) return false;
    if (isSectionHeader(state)) startSection(state, format);

    const type = view.getUint32(position, format.littleEndian);
    const length = view.getUint32(position + 4, format.littleEndian);
    if (length < 12 || length % 4 !== 0) throw badCapture(state, `block length ${length} cannot be`, position + 4);
    if (!isOfInterest(type)) {
      state.skip = length;
      continue;
    }
    if (length > state.bytes.length) throw badCapture(state, `block length ${length} cannot be`, position + 4);
    if (available < length) return false;
    if (view.getUint32(position + length - 4, format.littleEndian) !== length) {
      throw badCapture(state, `block length ${length} differs from its repetition`, position + length - 4);
    }
    takeBlock(state, format, type, position, length);
    state.start = position + length;
  }
  return true;
}

function passOver(state: ParserState): void {
  const passed = Math.min(state.skip, state.end - state.start);
  state.start += passed;
  state.skip -= passed;
}

function isOfInterest(type: number): boolean {
  return (
    type === ENHANCED_PACKET ||
    type === SIMPLE_PACKET ||
    type === OBSOLETE_PACKET ||
    type === INTERFACE_DESCRIPTION ||
    type === SECTION_HEADER
  );
}

function startSection(state: ParserState, format: PcapngFormat): void {
  const at = state.start + 8;
  if (state.view.getUint32(at, true) === BYTE_ORDER_MAGIC) format.littleEndian = true;
  else if (state.view.getUint32(at) === BYTE_ORDER_MAGIC) format.littleEndian = false;
  else throw badCapture(state, 'the section has no byte-order magic', at);
}

function takeBlock(state: ParserState, format: PcapngFormat, type: number, position: number, length: number): void {
  if (type === SECTION_HEADER) {
    if (length < 28) throw badCapture(state, `section header length ${length} cannot be`, position + 4);
    format.interfaces = [];
  } else if (type === INTERFACE_DESCRIPTION) takeInterface(state, format, position, length);
  else if (type === SIMPLE_PACKET) takeSimplePacket(state, format, position, length);
  else takeTimedPacket(state, format, type, position, length);
}

function takeInterface(state: ParserState, format: PcapngFormat, position: number, length: number): void {
  const { view } = state;
  if (length < 20 || format.interfaces.length === MOST_INTERFACES) {
    throw badCapture(state, 'an interface description cannot be', position);
  }
  format.interfaces.push({
    linkType: knownLinkType(view.getUint16(position + 8, format.littleEndian)),
    snaplen: view.getUint32(position + 12, format.littleEndian),
    ...readInterfaceOptions(view, position + 16, position + length - 4, format.littleEndian),
  });
}

function takeSimplePacket(state: ParserState, format: PcapngFormat, position: number, length: number): void {
  const source = interfaceOf(state, format, 0, position);
  if (length < 16) throw badCapture(state, `simple packet length ${length} cannot be`, position + 4);
  const wireLength = state.view.getUint32(position + 8, format.littleEndian);
  const kept = source.snaplen === 0 ? wireLength : Math.min(wireLength, source.snaplen);
  noteTime(state, format.lastTimeUs);
  takePacket(state, position + 12, Math.min(kept, length - 16), wireLength, source.linkType);
}

/** Enhanced packet blocks, and the obsolete packet block, which differs in its first word only. */
function takeTimedPacket(
  state: ParserState,
  format: PcapngFormat,
  type: number,
  position: number,
  length: number,
): void {
  const { view } = state;
  const { littleEndian } = format;
  if (length < 32) throw badCapture(state, `packet block length ${length} cannot be`, position + 4);
  const id =
    type === ENHANCED_PACKET ? view.getUint32(position + 8, littleEndian) : view.getUint16(position + 8, littleEndian);
  const source = interfaceOf(state, format, id, position);
  const captured = view.getUint32(position + 20, littleEndian);
  if (captured > length - 32) {
    throw badCapture(state, `${captured} captured bytes do not fit their block`, position + 20);
  }
  const timeUs = toMicroseconds(
    view.getUint32(position + 12, littleEndian),
    view.getUint32(position + 16, littleEndian),
    source,
  );
  format.lastTimeUs = timeUs;
  noteTime(state, timeUs);
  const wireLength = view.getUint32(position + 24, littleEndian);
  takePacket(state, position + 28, captured, wireLength, source.linkType);
}

function interfaceOf(state: ParserState, format: PcapngFormat, id: number, position: number): Interface {
  const found = format.interfaces[id];
  if (found === undefined) throw badCapture(state, `interface ${id} has not been described`, position + 8);
  return found;
}
