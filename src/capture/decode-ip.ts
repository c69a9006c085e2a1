import * as packetBatch from '#core/packet-batch.ts';
import * as drops from './drops.ts';
import { dropCode } from './drops.ts';
import { extensionLength, isExtension, isLaterFragment } from './ipv6-extensions.ts';
import * as linkLayer from './link-layer.ts';
import { MOST_NESTED_TUNNELS, findInnerIp, type Tunnels } from './tunnels.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const {
  PACKET_ACKNOWLEDGEMENT,
  PACKET_DESTINATION,
  PACKET_IPV6,
  PACKET_KIND,
  PACKET_PAYLOAD,
  PACKET_PORTS,
  PACKET_SEQUENCE,
  PACKET_SOURCE,
  PACKET_WINDOW,
  PACKET_WORDS,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} = packetBatch;
const { USED } = drops;
const { CUT_SHORT, NOT_IP } = linkLayer;

const TRUNCATED = dropCode('truncated');
const MALFORMED = dropCode('malformed');
const FRAGMENT = dropCode('fragment');
/** Result of looking into a packet that is no tunnel's, or carries nothing that could be a packet of its own. */
const NO_INNER = -1;

const PROTOCOL_SCTP = 132;
const MOST_EXTENSION_HEADERS = 8;

/**
 * Decodes the IP packet at `ip` into the record at `record` of `words`. What was captured ends at `end`; `wireEnd` is
 * where the packet ends at the latest, for headers that leave the length to it. Returns USED or a drop code.
 */
export function decodeIp(
  view: DataView,
  ip: number,
  end: number,
  wireEnd: number,
  words: Int32Array,
  record: number,
  tunnels: Tunnels | null,
): number {
  if (ip >= end) return TRUNCATED;
  const version = view.getUint8(ip) >>> 4;
  if (version === 6) return decodeIpv6(view, ip, end, wireEnd, words, record, tunnels);
  if (version !== 4) return MALFORMED;

  if (ip + 20 > end) return TRUNCATED;
  const headerBytes = (view.getUint8(ip) & 0x0f) * 4;
  // Segmentation offload leaves the total length 0: what carries the packet tells its length.
  const totalLength = view.getUint16(ip + 2) || wireEnd - ip;
  if (headerBytes < 20 || totalLength < headerBytes) return MALFORMED;
  if ((view.getUint16(ip + 6) & 0x1fff) !== 0) return FRAGMENT;
  words[record + PACKET_SOURCE] = view.getInt32(ip + 12);
  words[record + PACKET_DESTINATION] = view.getInt32(ip + 16);
  const protocol = view.getUint8(ip + 9);
  return decodeTransport(view, ip + headerBytes, end, totalLength - headerBytes, protocol, 0, words, record, tunnels);
}

function decodeIpv6(
  view: DataView,
  ip: number,
  end: number,
  wireEnd: number,
  words: Int32Array,
  record: number,
  tunnels: Tunnels | null,
): number {
  if (ip + 40 > end) return TRUNCATED;
  for (let word = 0; word < 8; word++) words[record + PACKET_SOURCE + word] = view.getInt32(ip + 8 + word * 4);
  if (isMappedIpv4(words, record + PACKET_SOURCE) || isMappedIpv4(words, record + PACKET_DESTINATION)) return MALFORMED;

  // 0 for a jumbogram (RFC 2675), too.
  const payloadLength = view.getUint16(ip + 4) || wireEnd - ip - 40;
  const packetEnd = ip + 40 + payloadLength;
  let offset = ip + 40;
  let next = view.getUint8(ip + 6);
  for (let headers = 0; isExtension(next); headers++) {
    if (headers === MOST_EXTENSION_HEADERS || offset + 8 > packetEnd) return MALFORMED;
    if (offset + 8 > end) return TRUNCATED;
    if (isLaterFragment(view, offset, next)) return FRAGMENT;
    const length = extensionLength(next, view.getUint8(offset + 1));
    next = view.getUint8(offset);
    offset += length;
  }
  const transportLength = packetEnd - offset;
  if (transportLength < 0) return MALFORMED;
  return decodeTransport(view, offset, end, transportLength, next, PACKET_IPV6, words, record, tunnels);
}

/**
 * `::ffff:a.b.c.d` is how a host writes an IPv4 address to itself; in a packet it is a forgery that would be taken for
 * that IPv4 host later on.
 */
function isMappedIpv4(words: Int32Array, at: number): boolean {
  return words[at + 2] === 0xffff && words[at] === 0 && words[at + 1] === 0;
}

/** `length` is the transport's length by the IP header; what was captured may be shorter or, by padding, longer. */
function decodeTransport(
  view: DataView,
  offset: number,
  end: number,
  length: number,
  protocol: number,
  family: number,
  words: Int32Array,
  record: number,
  tunnels: Tunnels | null,
): number {
  return protocol === PROTOCOL_TCP
    ? decodeTcp(view, offset, end, length, family, words, record)
    : decodeOther(view, offset, end, length, protocol, family, words, record, tunnels);
}

function decodeTcp(
  view: DataView,
  offset: number,
  end: number,
  length: number,
  family: number,
  words: Int32Array,
  record: number,
): number {
  if (offset + 20 > end) return length < 20 ? MALFORMED : TRUNCATED;
  const headerBytes = (view.getUint8(offset + 12) >>> 4) * 4;
  if (headerBytes < 20 || headerBytes > length) return MALFORMED;
  words[record + PACKET_PORTS] = view.getInt32(offset);
  words[record + PACKET_KIND] = PROTOCOL_TCP | (view.getUint8(offset + 13) << 8) | (headerBytes << 16) | family;
  words[record + PACKET_PAYLOAD] = length - headerBytes;
  words[record + PACKET_SEQUENCE] = view.getInt32(offset + 4);
  words[record + PACKET_ACKNOWLEDGEMENT] = view.getInt32(offset + 8);
  words[record + PACKET_WINDOW] = view.getUint16(offset + 14);
  return USED;
}

/** Every protocol but TCP. */
function decodeOther(
  view: DataView,
  offset: number,
  end: number,
  length: number,
  protocol: number,
  family: number,
  words: Int32Array,
  record: number,
  tunnels: Tunnels | null,
): number {
  if (tunnels !== null) {
    const inner = decodeInner(view, offset, end, length, protocol, words, record, tunnels);
    if (inner !== NO_INNER) return inner;
  }

  const needed = neededBytes(protocol);
  if (length < needed) return MALFORMED;
  if (offset + needed > end) return TRUNCATED;
  const isUdp = protocol === PROTOCOL_UDP;
  const isIcmp = protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6;
  words[record + PACKET_PORTS] = isUdp || protocol === PROTOCOL_SCTP ? view.getInt32(offset) : 0;
  words[record + PACKET_KIND] = protocol | (isUdp ? 8 << 16 : 0) | family;
  words[record + PACKET_PAYLOAD] = isUdp ? length - 8 : 0;
  words[record + PACKET_SEQUENCE] = isIcmp ? view.getUint16(offset) : 0;
  words[record + PACKET_ACKNOWLEDGEMENT] = 0;
  words[record + PACKET_WINDOW] = 0;
  return USED;
}

/** Transport bytes without which a packet says nothing: ports, or type and code. Of TCP there must be more. */
function neededBytes(protocol: number): number {
  switch (protocol) {
    case PROTOCOL_UDP:
      return 8;
    case PROTOCOL_SCTP:
      return 4;
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return 2;
    default:
      return 0;
  }
}

/**
 * Decodes the packet inside a tunnel's into the record. An inner packet whose header was cut by the snaplen, or that is
 * no first fragment, is the drop it would be outside a tunnel: its flow cannot be named, and to add it to the tunnel's
 * flow would make up one. What is no IP packet (ARP, keep-alives) or is malformed gives NO_INNER: it belongs to the flow
 * of the tunnel's ends, the one thing that is known of it, so that nobody hides behind a broken inner header.
 */
function decodeInner(
  view: DataView,
  offset: number,
  end: number,
  length: number,
  protocol: number,
  words: Int32Array,
  record: number,
  tunnels: Tunnels,
): number {
  if (tunnels.depth === MOST_NESTED_TUNNELS) return NO_INNER;
  const packetEnd = offset + length;
  // Padding behind the packet is none of it. A whole packet that is too short for what it claims to carry is no tunnel's.
  const isWhole = packetEnd <= end;
  const innerEnd = isWhole ? packetEnd : end;
  const ip = findInnerIp(view, offset, innerEnd, protocol, tunnels);
  if (ip === NOT_IP) return NO_INNER;
  if (ip === CUT_SHORT) return isWhole ? NO_INNER : TRUNCATED;

  // Apart from the record, which the packet around it needs should this one turn out malformed.
  const { scratch } = tunnels;
  const inner = tunnels.depth * PACKET_WORDS;
  tunnels.depth++;
  const result = decodeIp(view, ip, innerEnd, packetEnd, scratch, inner, tunnels);
  tunnels.depth--;
  if (result === MALFORMED || (result === TRUNCATED && isWhole)) return NO_INNER;
  if (result !== USED) return result;
  for (let word = PACKET_SOURCE; word < PACKET_WORDS; word++) words[record + word] = scratch[inner + word];
  return USED;
}
