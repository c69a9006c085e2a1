import { KubeSecureError } from '#core/error.ts';

/** What the lab needs of an IPv4 packet. Ports are 0 where the protocol has none. One record, reused. */
export interface PacketHead {
  timeUs: number;
  /** IPv4 addresses as unsigned 32-bit numbers; 0 in both for any other frame. */
  src: number;
  dst: number;
  srcPort: number;
  dstPort: number;
  protocol: number;
}

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const LINK_ETHERNET = 1;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;
const ETHERTYPE_IPV4 = 0x0800;

/**
 * Every frame of a capture that tcpdump wrote on this machine (pcap, microseconds, Ethernet). Deliberately not the
 * product's reader: ground truth must not share its mistakes. The yielded record is overwritten by the next one.
 */
export function* readPackets(file: Buffer): Generator<PacketHead> {
  if (file.length < FILE_HEADER_BYTES || file.readUInt32LE(0) !== MAGIC_MICROSECONDS) {
    throw new KubeSecureError('internal', 'while reading the lab capture: not a little-endian pcap in microseconds');
  }
  if (file.readUInt32LE(20) !== LINK_ETHERNET) {
    throw new KubeSecureError('internal', 'while reading the lab capture: not Ethernet');
  }
  const head: PacketHead = { timeUs: 0, src: 0, dst: 0, srcPort: 0, dstPort: 0, protocol: 0 };
  let offset = FILE_HEADER_BYTES;
  while (offset + RECORD_HEADER_BYTES <= file.length) {
    const bytes = file.readUInt32LE(offset + 8);
    head.timeUs = file.readUInt32LE(offset) * 1e6 + file.readUInt32LE(offset + 4);
    readFrame(head, file, offset + RECORD_HEADER_BYTES, bytes);
    yield head;
    offset += RECORD_HEADER_BYTES + bytes;
  }
}

/** A dotted address as an unsigned 32-bit number. */
export function addressNumber(ip: string): number {
  return ip.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

function readFrame(head: PacketHead, file: Buffer, start: number, bytes: number): void {
  head.src = head.dst = head.srcPort = head.dstPort = head.protocol = 0;
  if (bytes < ETHERNET_BYTES + 20 || file.readUInt16BE(start + 12) !== ETHERTYPE_IPV4) return;

  const ip = start + ETHERNET_BYTES;
  head.protocol = file[ip + 9];
  head.src = file.readUInt32BE(ip + 12);
  head.dst = file.readUInt32BE(ip + 16);
  const transport = ip + (file[ip] & 0x0f) * 4;
  const hasPorts = head.protocol === 6 || head.protocol === 17;
  if (!hasPorts || transport + 4 > start + bytes) return;
  head.srcPort = file.readUInt16BE(transport);
  head.dstPort = file.readUInt16BE(transport + 2);
}
