import * as flowRecord from '#core/flow-record.ts';
import type { FlowMemory } from '#core/flow-record.ts';
import { textWord } from './text-buffer.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const { FLOW_HIGH_ADDRESS, FLOW_IPV6, FLOW_KIND, FLOW_LOW_ADDRESS } = flowRecord;

/** Addresses as text at byte `at` of a buffer. */
export interface AddressText {
  /**
   * Address of the low or the high end of the flow at word `base`: dotted for IPv4, RFC 5952 for IPv6. Returns the byte
   * after it, and may touch three bytes more.
   */
  readonly writeAddress: (at: number, memory: FlowMemory, base: number, high: boolean) => number;
}

const COLON = 58;
/** `0.` to `255.`, and how many bytes each has. */
const OCTETS = Int32Array.from({ length: 256 }, (_, value) => textWord(`${value}.`));
const OCTET_BYTES = Uint8Array.from({ length: 256 }, (_, value) => `${value}.`.length);
const HEX_DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** Writes addresses into the buffer that `view` looks at, without allocating; made for it as createNumberText is. */
export function createAddressText(view: DataView): AddressText {
  function writeAddress(at: number, memory: FlowMemory, base: number, high: boolean): number {
    const address = memory.i32[base + (high ? FLOW_HIGH_ADDRESS : FLOW_LOW_ADDRESS)];
    if ((memory.i32[base + FLOW_KIND] & FLOW_IPV6) === 0) return writeIpv4(at, address);
    return writeIpv6(at, memory.ipv6, address * 4);
  }

  function writeIpv4(at: number, address: number): number {
    at = writeOctet(at, address >>> 24);
    at = writeOctet(at, (address >>> 16) & 0xff);
    at = writeOctet(at, (address >>> 8) & 0xff);
    return writeOctet(at, address & 0xff) - 1;
  }

  function writeOctet(at: number, octet: number): number {
    view.setInt32(at, OCTETS[octet], true);
    return at + OCTET_BYTES[octet];
  }

  /** An address in four big-endian words; one that maps an IPv4 address is written as that. */
  function writeIpv6(at: number, words: Int32Array, place: number): number {
    if (words[place] === 0 && words[place + 1] === 0 && words[place + 2] === 0xffff) {
      return writeIpv4(at, words[place + 3]);
    }
    const zeros = longestZeroRun(words, place);
    const zerosFrom = zeros >>> 4;
    const zerosTo = zeros & 15;
    for (let group = 0; group < 8;) {
      if (group > 0 || zerosFrom === 0) view.setUint8(at++, COLON);
      if (group === zerosFrom) group = zerosTo;
      else at = writeHex(at, groupAt(words, place, group++));
    }
    if (zerosTo === 8) view.setUint8(at++, COLON);
    return at;
  }

  /** A group of 16 bits, without leading zeros. */
  function writeHex(at: number, group: number): number {
    if (group >= 0x1000) view.setUint8(at++, HEX_DIGITS[group >>> 12]);
    if (group >= 0x100) view.setUint8(at++, HEX_DIGITS[(group >>> 8) & 15]);
    if (group >= 0x10) view.setUint8(at++, HEX_DIGITS[(group >>> 4) & 15]);
    view.setUint8(at++, HEX_DIGITS[group & 15]);
    return at;
  }

  return { writeAddress };
}

/** No run: it begins behind the last group. */
const NO_RUN = 9 << 4;

/** The first of the longest runs of two or more groups that are 0: where it begins << 4 | where it ends. */
function longestZeroRun(words: Int32Array, place: number): number {
  let longest = 1;
  let run = NO_RUN;
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && groupAt(words, place, to) === 0) to++;
    if (to - from > longest) {
      longest = to - from;
      run = (from << 4) | to;
    }
    from = Math.max(from, to);
  }
  return run;
}

function groupAt(words: Int32Array, place: number, group: number): number {
  const word = words[place + (group >>> 1)];
  return (group & 1) === 0 ? word >>> 16 : word & 0xffff;
}
