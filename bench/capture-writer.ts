import { closeSync, openSync, writeSync } from 'node:fs';

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
  readonly payload: number;
}

export interface CaptureWriter {
  write(packet: PacketToWrite): void;
  close(): void;
}

const BUFFER_BYTES = 1024 * 1024;
/** Bytes kept of each packet, as a sensor would keep. */
const SNAPLEN = 96;
const RECORD_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;

/** Writes an Ethernet pcap in microseconds, to a path or to standard output (`-`). */
export function createCaptureWriter(path: string): CaptureWriter {
  const fd = path === '-' ? 1 : openSync(path, 'w');
  const bytes = Buffer.alloc(BUFFER_BYTES);
  let length = writeFileHeader(bytes);

  function flush(): void {
    for (let written = 0; written < length;) written += writeSync(fd, bytes, written, length - written);
    length = 0;
  }

  return {
    write(packet) {
      if (length > BUFFER_BYTES - RECORD_HEADER_BYTES - SNAPLEN) flush();
      length = writePacket(bytes, length, packet);
    },
    close() {
      flush();
      if (path !== '-') closeSync(fd);
    },
  };
}

function writeFileHeader(bytes: Buffer): number {
  bytes.writeUInt32LE(0xa1b2c3d4, 0);
  bytes.writeUInt16LE(2, 4);
  bytes.writeUInt16LE(4, 6);
  bytes.writeUInt32LE(SNAPLEN, 16);
  bytes.writeUInt32LE(1, 20);
  return 24;
}

function writePacket(bytes: Buffer, start: number, packet: PacketToWrite): number {
  const isIpv6 = packet.source.length === 4;
  const ipBytes = isIpv6 ? 40 : 20;
  const transportBytes = packet.protocol === 6 ? 20 : 8;
  const wireLength = ETHERNET_BYTES + ipBytes + transportBytes + packet.payload;
  const captured = Math.min(wireLength, SNAPLEN);
  const seconds = Math.floor(packet.timeUs / 1e6);
  bytes.writeUInt32LE(seconds, start);
  bytes.writeUInt32LE(packet.timeUs - seconds * 1e6, start + 4);
  bytes.writeUInt32LE(captured, start + 8);
  bytes.writeUInt32LE(wireLength, start + 12);

  const frame = start + RECORD_HEADER_BYTES;
  bytes.fill(0, frame, frame + captured);
  bytes.writeUInt16BE(isIpv6 ? 0x86dd : 0x0800, frame + 12);
  const ip = frame + ETHERNET_BYTES;
  if (isIpv6) writeIpv6(bytes, ip, packet, transportBytes);
  else writeIpv4(bytes, ip, packet, transportBytes);
  writeTransport(bytes, ip + ipBytes, packet);
  return frame + captured;
}

function writeIpv4(bytes: Buffer, ip: number, packet: PacketToWrite, transportBytes: number): void {
  bytes[ip] = 0x45;
  bytes.writeUInt16BE(20 + transportBytes + packet.payload, ip + 2);
  bytes[ip + 8] = 64;
  bytes[ip + 9] = packet.protocol;
  bytes.writeInt32BE(packet.source[0], ip + 12);
  bytes.writeInt32BE(packet.destination[0], ip + 16);
}

function writeIpv6(bytes: Buffer, ip: number, packet: PacketToWrite, transportBytes: number): void {
  bytes[ip] = 0x60;
  bytes.writeUInt16BE(transportBytes + packet.payload, ip + 4);
  bytes[ip + 6] = packet.protocol;
  bytes[ip + 7] = 64;
  packet.source.forEach((word, index) => bytes.writeInt32BE(word, ip + 8 + index * 4));
  packet.destination.forEach((word, index) => bytes.writeInt32BE(word, ip + 24 + index * 4));
}

function writeTransport(bytes: Buffer, at: number, packet: PacketToWrite): void {
  bytes.writeUInt16BE(packet.sourcePort, at);
  bytes.writeUInt16BE(packet.destinationPort, at + 2);
  if (packet.protocol === 17) {
    bytes.writeUInt16BE(8 + packet.payload, at + 4);
    return;
  }
  bytes.writeUInt32BE(packet.sequence >>> 0, at + 4);
  bytes.writeUInt32BE(packet.acknowledgement >>> 0, at + 8);
  bytes[at + 12] = 0x50;
  bytes[at + 13] = packet.flags;
  bytes.writeUInt16BE(64_240, at + 14);
}
