import {
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
  type PacketBatch,
} from '#core/packet-batch.ts';
import { dropCode, USED } from './drops.ts';
import { CUT_SHORT, findIpHeader } from './link-layer.ts';

const NOT_IP_DROP = dropCode('not-ip');
const TRUNCATED = dropCode('truncated');
const MALFORMED = dropCode('malformed');
const FRAGMENT = dropCode('fragment');

const PROTOCOL_SCTP = 132;
const MOST_EXTENSION_HEADERS = 8;

/**
 * Decodes one frame into the batch's next record (`count` is left alone, the time is the caller's to write). `captured`
 * bytes lie at `offset` of the view; `wireLength` is the frame's length on the wire. Returns USED or a drop code.
 */
export function decodeFrame(
  view: DataView,
  offset: number,
  captured: number,
  wireLength: number,
  linkType: number,
  batch: PacketBatch,
): number {
  const ip = findIpHeader(view, offset, captured, linkType);
  if (ip < 0) return ip === CUT_SHORT ? TRUNCATED : NOT_IP_DROP;
  const end = offset + captured;
  if (ip >= end) return TRUNCATED;

  const words = batch.i32;
  const record = batch.count * PACKET_WORDS;
  const version = view.getUint8(ip) >>> 4;

  if (version === 4) {
    if (ip + 20 > end) return TRUNCATED;
    const headerBytes = (view.getUint8(ip) & 0x0f) * 4;
    // Segmentation offload leaves the total length 0: the frame's own length is all there is.
    const totalLength = view.getUint16(ip + 2) || offset + wireLength - ip;
    if (headerBytes < 20 || totalLength < headerBytes) return MALFORMED;
    if ((view.getUint16(ip + 6) & 0x1fff) !== 0) return FRAGMENT;
    words[record + PACKET_SOURCE] = view.getInt32(ip + 12);
    words[record + PACKET_DESTINATION] = view.getInt32(ip + 16);
    const protocol = view.getUint8(ip + 9);
    return decodeTransport(view, ip + headerBytes, end, totalLength - headerBytes, protocol, words, record);
  }
  if (version === 6) return decodeIpv6(view, ip, end, offset + wireLength, words, record);
  return MALFORMED;
}

function decodeIpv6(
  view: DataView,
  ip: number,
  end: number,
  wireEnd: number,
  words: Int32Array,
  record: number,
): number {
  if (ip + 40 > end) return TRUNCATED;
  for (let word = 0; word < 8; word++) words[record + PACKET_SOURCE + word] = view.getInt32(ip + 8 + word * 4);

  const payloadLength = view.getUint16(ip + 4) || wireEnd - ip - 40;
  let offset = ip + 40;
  let next = view.getUint8(ip + 6);
  for (let headers = 0; isExtension(next); headers++) {
    if (headers === MOST_EXTENSION_HEADERS) return MALFORMED;
    if (offset + 8 > end) return TRUNCATED;
    if (next === 44 && (view.getUint16(offset + 2) & 0xfff8) !== 0) return FRAGMENT;
    const length = extensionLength(next, view.getUint8(offset + 1));
    next = view.getUint8(offset);
    offset += length;
  }
  const transportLength = payloadLength - (offset - ip - 40);
  if (transportLength < 0) return MALFORMED;
  const result = decodeTransport(view, offset, end, transportLength, next, words, record);
  words[record + PACKET_KIND] |= PACKET_IPV6;
  return result;
}

function isExtension(header: number): boolean {
  switch (header) {
    case 0: // hop-by-hop options
    case 43: // routing
    case 44: // fragment
    case 51: // authentication
    case 60: // destination options
    case 135: // mobility
    case 139: // host identity
    case 140: // shim6
      return true;
    default:
      return false;
  }
}

function extensionLength(header: number, lengthField: number): number {
  if (header === 44) return 8;
  return header === 51 ? (lengthField + 2) * 4 : (lengthField + 1) * 8;
}

/** `length` is the transport's length by the IP header; what was captured may be shorter or, by padding, longer. */
function decodeTransport(
  view: DataView,
  offset: number,
  end: number,
  length: number,
  protocol: number,
  words: Int32Array,
  record: number,
): number {
  let kind = protocol;
  let ports = 0;
  let payload = 0;
  if (protocol === PROTOCOL_TCP) {
    if (offset + 20 > end) return TRUNCATED;
    const headerBytes = (view.getUint8(offset + 12) >>> 4) * 4;
    if (headerBytes < 20 || headerBytes > length) return MALFORMED;
    kind |= (view.getUint8(offset + 13) << 8) | (headerBytes << 16);
    ports = view.getInt32(offset);
    payload = length - headerBytes;
    words[record + PACKET_SEQUENCE] = view.getInt32(offset + 4);
    words[record + PACKET_ACKNOWLEDGEMENT] = view.getInt32(offset + 8);
    words[record + PACKET_WINDOW] = view.getUint16(offset + 14);
  } else if (protocol === PROTOCOL_UDP) {
    if (offset + 8 > end) return TRUNCATED;
    if (length < 8) return MALFORMED;
    kind |= 8 << 16;
    ports = view.getInt32(offset);
    payload = length - 8;
  } else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
    if (offset + 2 > end) return TRUNCATED;
    words[record + PACKET_SEQUENCE] = view.getUint16(offset);
  } else if (protocol === PROTOCOL_SCTP) {
    if (offset + 4 > end) return TRUNCATED;
    ports = view.getInt32(offset);
  }
  words[record + PACKET_KIND] = kind;
  words[record + PACKET_PORTS] = ports;
  words[record + PACKET_PAYLOAD] = payload;
  return USED;
}
