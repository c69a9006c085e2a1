/**
 * A second, naive reading of frames, for the tests: one plain object per packet, nothing of ours used. It knows Ethernet
 * with tags, Linux cooked v1 and v2, raw IP and BSD loopback.
 */

export interface ReferencePacket {
  /** Microseconds since the epoch. */
  readonly timeUs: number;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  /** The flags byte of TCP. */
  readonly flags: number;
  readonly headerBytes: number;
  readonly payload: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly window: number;
  /** -1 for what is no ICMP. */
  readonly icmpType: number;
  readonly icmpCode: number;
}

/** The packet in a frame, or null where a flow meter cannot use it: no IP, cut headers, nonsense, a later fragment. */
export function parseFrame(
  frame: Buffer,
  linkType: number,
  timeUs: number,
  wireLength = frame.length,
): ReferencePacket | null {
  const start = ipStart(frame, linkType);
  if (start === null || start >= frame.length) return null;
  const ip = frame.subarray(start);
  const version = ip[0] >> 4;
  if (version === 4) return parseIpv4(ip, timeUs, wireLength - start);
  return version === 6 ? parseIpv6(ip, timeUs, wireLength - start) : null;
}

/** Where the IP header begins. */
function ipStart(frame: Buffer, linkType: number): number | null {
  switch (linkType) {
    case 1:
      return behindTags(frame, 12, 14);
    case 113:
      return behindTags(frame, 14, 16);
    case 276:
      return behindTags(frame, 0, 20);
    case 0:
    case 108:
      return 4;
    default:
      return 0;
  }
}

/** Tags of a VLAN are pairs of two bytes tag, two bytes type of what follows; more than four are taken for nonsense. */
function behindTags(frame: Buffer, typeAt: number, start: number): number | null {
  if (frame.length < start) return null;
  let type = frame.readUInt16BE(typeAt);
  let at = start;
  for (let tags = 0; [0x8100, 0x88a8, 0x9100, 0x9200].includes(type); tags++) {
    if (tags === 4 || frame.length < at + 4) return null;
    type = frame.readUInt16BE(at + 2);
    at += 4;
  }
  return type === 0x0800 || type === 0x86dd ? at : null;
}

function parseIpv4(ip: Buffer, timeUs: number, wireLength: number): ReferencePacket | null {
  if (ip.length < 20) return null;
  const headerBytes = (ip[0] & 15) * 4;
  const total = ip.readUInt16BE(2) === 0 ? wireLength : ip.readUInt16BE(2); // offload leaves 0
  const isLaterFragment = ip.readUInt16BE(6) % 0x2000 > 0;
  if (headerBytes < 20 || headerBytes > ip.length || total < headerBytes || isLaterFragment) return null;
  const source = [...ip.subarray(12, 16)].join('.');
  const destination = [...ip.subarray(16, 20)].join('.');
  return parseTransport({ source, destination, timeUs }, ip[9], ip.subarray(headerBytes), total - headerBytes);
}

function parseIpv6(ip: Buffer, timeUs: number, wireLength: number): ReferencePacket | null {
  if (ip.length < 40) return null;
  let left = ip.readUInt16BE(4) === 0 ? wireLength - 40 : ip.readUInt16BE(4);
  let protocol = ip[6];
  let at = 40;
  for (let headers = 0; [0, 43, 44, 51, 60, 135, 139, 140].includes(protocol); headers++) {
    if (headers === 8 || ip.length < at + 8) return null;
    let length = 8 + ip[at + 1] * 8;
    if (protocol === 51) length = 8 + ip[at + 1] * 4;
    if (protocol === 44) {
      length = 8;
      if (ip.readUInt16BE(at + 2) >> 3 > 0) return null;
    }
    protocol = ip[at];
    at += length;
    left -= length;
  }
  if (left < 0 || at > ip.length) return null;
  const mapped = '00000000000000000000ffff'; // an IPv4 address in an IPv6 header is a forgery
  if ([8, 24].some((start) => ip.toString('hex', start, start + 12) === mapped)) return null;
  const source = ipv6Text(ip.subarray(8, 24));
  const destination = ipv6Text(ip.subarray(24, 40));
  return parseTransport({ source, destination, timeUs }, protocol, ip.subarray(at), left);
}

/** Of ICMP and ICMPv6 type and code, of TCP, UDP and SCTP what has the ports and the header's length. */
const NEEDED_BYTES: Readonly<Record<number, number>> = { 1: 2, 58: 2, 6: 20, 17: 8, 132: 4 };

type Ends = Pick<ReferencePacket, 'source' | 'destination' | 'timeUs'>;

/** `length` is what the IP header leaves for the transport; `data` is what was captured, perhaps with padding. */
function parseTransport(ends: Ends, protocol: number, data: Buffer, length: number): ReferencePacket | null {
  const packet = {
    ...ends,
    protocol,
    sourcePort: 0,
    destinationPort: 0,
    flags: 0,
    headerBytes: 0,
    payload: 0,
    sequence: 0,
    acknowledgement: 0,
    window: 0,
    icmpType: -1,
    icmpCode: -1,
  };
  const needed = NEEDED_BYTES[protocol] ?? 0;
  if (data.length < needed || length < needed) return null;
  if (protocol === 1 || protocol === 58) return { ...packet, icmpType: data[0], icmpCode: data[1] };
  if (needed === 0) return packet;
  packet.sourcePort = data.readUInt16BE(0);
  packet.destinationPort = data.readUInt16BE(2);
  if (protocol === 132) return packet;

  packet.headerBytes = protocol === 17 ? 8 : (data[12] >> 4) * 4;
  packet.payload = length - packet.headerBytes;
  if (packet.headerBytes < needed || packet.payload < 0) return null;
  if (protocol === 17) return packet;
  return {
    ...packet,
    flags: data[13],
    sequence: data.readUInt32BE(4),
    acknowledgement: data.readUInt32BE(8),
    window: data.readUInt16BE(14),
  };
}

const knownTexts = new Map<string, string>();

/** The address as a URL would write it, which is RFC 5952. */
function ipv6Text(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  const known = knownTexts.get(hex);
  if (known !== undefined) return known;
  const text = new URL(`http://[${hex.replaceAll(/(.{4})(?!$)/g, '$1:')}]/`).hostname.slice(1, -1);
  if (knownTexts.size > 10_000) knownTexts.clear();
  knownTexts.set(hex, text);
  return text;
}
