import { payloadSum, writePayload } from './payload.ts';

/** One packet to be written. Addresses are words: one for IPv4, four for IPv6. */
export interface PacketToWrite {
  readonly timeUs: number;
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: 6 | 17;
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  /** Whether the TCP header has the timestamps option, as the established connections of common systems have. */
  readonly hasTimestamps: boolean;
  /** Bytes above TCP or UDP, at most LONGEST_PAYLOAD. */
  readonly payload: number;
}

/** No frame over IPv4 is longer; IPv6 adds 20. */
export const LONGEST_FRAME_BYTES = 1534;

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;

const ETHERNET_BYTES = 14;
const UDP = 17;
const TTL = 64;
const WINDOW = 64_240;

/** Writes a whole Ethernet frame, its checksums right, and returns its length. `bytes` and `view` are the same memory. */
export function writeFrame(bytes: Uint8Array, view: DataView, frame: number, packet: PacketToWrite): number {
  const isIpv6 = packet.source.length === 4;
  const ip = frame + ETHERNET_BYTES;
  const transport = ip + (isIpv6 ? 40 : 20);
  const headerBytes = packet.protocol === UDP ? 8 : packet.hasTimestamps ? 32 : 20;
  const length = headerBytes + packet.payload;

  writeMac(view, frame, packet.destination);
  writeMac(view, frame + 6, packet.source);
  view.setUint16(frame + 12, isIpv6 ? 0x86dd : 0x0800);
  if (isIpv6) writeIpv6(view, ip, packet, length);
  else writeIpv4(view, ip, packet, length);
  if (packet.protocol === UDP) writeUdp(view, transport, packet);
  else writeTcp(view, transport, packet);
  writePayload(bytes, transport + headerBytes, packet.payload);

  const pseudoHeader = sumWords(view, isIpv6 ? ip + 8 : ip + 12, transport) + packet.protocol + length;
  const sum = pseudoHeader + sumWords(view, transport, transport + headerBytes) + payloadSum(packet.payload);
  // To UDP, 0 says that there is no checksum: its other form stands for it.
  if (packet.protocol === UDP) view.setUint16(transport + 6, checksum(sum) || 0xffff);
  else view.setUint16(transport + 16, checksum(sum));
  return transport - frame + length;
}

/** A locally administered address that follows from the IP address. */
function writeMac(view: DataView, at: number, address: readonly number[]): void {
  view.setUint16(at, 0x0200);
  view.setInt32(at + 2, address[address.length - 1]);
}

function writeIpv4(view: DataView, ip: number, packet: PacketToWrite, length: number): void {
  view.setUint32(ip, 0x4500_0000 + 20 + length);
  // "Do not fragment", and so no identification is needed (RFC 6864).
  view.setUint32(ip + 4, 0x0000_4000);
  view.setUint32(ip + 8, (TTL << 24) | (packet.protocol << 16));
  view.setInt32(ip + 12, packet.source[0]);
  view.setInt32(ip + 16, packet.destination[0]);
  view.setUint16(ip + 10, checksum(sumWords(view, ip, ip + 20)));
}

function writeIpv6(view: DataView, ip: number, packet: PacketToWrite, length: number): void {
  view.setUint32(ip, 0x6000_0000);
  view.setUint16(ip + 4, length);
  view.setUint16(ip + 6, (packet.protocol << 8) | TTL);
  for (let word = 0; word < 4; word++) {
    view.setInt32(ip + 8 + word * 4, packet.source[word]);
    view.setInt32(ip + 24 + word * 4, packet.destination[word]);
  }
}

function writeUdp(view: DataView, at: number, packet: PacketToWrite): void {
  view.setUint16(at, packet.sourcePort);
  view.setUint16(at + 2, packet.destinationPort);
  view.setUint32(at + 4, (8 + packet.payload) << 16);
}

function writeTcp(view: DataView, at: number, packet: PacketToWrite): void {
  view.setUint16(at, packet.sourcePort);
  view.setUint16(at + 2, packet.destinationPort);
  view.setInt32(at + 4, packet.sequence);
  view.setInt32(at + 8, packet.acknowledgement);
  view.setUint16(at + 12, (packet.hasTimestamps ? 0x8000 : 0x5000) | packet.flags);
  view.setUint16(at + 14, WINDOW);
  view.setUint32(at + 16, 0);
  if (!packet.hasTimestamps) return;
  // Two fillers, then option 8 of ten bytes: the sender's clock and an echo of the other's.
  const milliseconds = Math.floor(packet.timeUs / 1000);
  view.setUint32(at + 20, 0x0101_080a);
  view.setInt32(at + 24, milliseconds);
  view.setInt32(at + 28, (packet.flags & TCP_ACK) === 0 ? 0 : milliseconds - 1);
}

/** Sum of the 16-bit words in [from, to), an even number of bytes. */
function sumWords(view: DataView, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 2) sum += view.getUint16(at);
  return sum;
}

/** The Internet checksum of what has been summed (RFC 1071). */
function checksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return ~folded & 0xffff;
}
