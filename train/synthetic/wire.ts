/** One invented packet, before it has bytes. Addresses are IPv4 as 32-bit numbers. */
export interface InventedPacket {
  readonly us: number;
  readonly src: number;
  readonly dst: number;
  /** 1 ICMP, 6 TCP, 17 UDP. */
  readonly protocol: 1 | 6 | 17;
  /** For ICMP: type and code. */
  readonly srcPort: number;
  readonly dstPort: number;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  /** Bytes of payload. */
  readonly payload: number;
}

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

const ETHERNET = 14;
const IPV4 = 20;
/** Payload is never read, so it is not stored: the capture is as if made with a small snaplen. */
const PAYLOAD_KEPT = 16;

/** The packets as a pcap file (microseconds, Ethernet), in the order of time. */
export function toPcap(packets: readonly InventedPacket[]): Uint8Array {
  const ordered = packets.toSorted((a, b) => a.us - b.us);
  const size = ordered.reduce((sum, packet) => sum + 16 + capturedLength(packet), 24);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, 1, true);
  let at = 24;
  for (const packet of ordered) at = writePacket(view, at, packet);
  return bytes;
}

function transportLength({ protocol }: InventedPacket): number {
  return protocol === 6 ? 20 : 8;
}

function capturedLength(packet: InventedPacket): number {
  return ETHERNET + IPV4 + transportLength(packet) + Math.min(packet.payload, PAYLOAD_KEPT);
}

function writePacket(view: DataView, start: number, packet: InventedPacket): number {
  const captured = capturedLength(packet);
  const ipLength = IPV4 + transportLength(packet) + packet.payload;
  view.setUint32(start, Math.floor(packet.us / 1e6), true);
  view.setUint32(start + 4, Math.floor(packet.us % 1e6), true);
  view.setUint32(start + 8, captured, true);
  view.setUint32(start + 12, ETHERNET + ipLength, true);

  const ethernet = start + 16;
  view.setUint16(ethernet + 12, 0x0800);
  const ip = ethernet + ETHERNET;
  view.setUint8(ip, 0x45);
  view.setUint16(ip + 2, ipLength);
  view.setUint8(ip + 8, 64);
  view.setUint8(ip + 9, packet.protocol);
  view.setUint32(ip + 12, packet.src);
  view.setUint32(ip + 16, packet.dst);
  writeTransport(view, ip + IPV4, packet);
  return ethernet + captured;
}

function writeTransport(view: DataView, at: number, packet: InventedPacket): void {
  if (packet.protocol === 1) {
    view.setUint8(at, packet.srcPort);
    view.setUint8(at + 1, packet.dstPort);
    return;
  }
  view.setUint16(at, packet.srcPort);
  view.setUint16(at + 2, packet.dstPort);
  if (packet.protocol === 17) {
    view.setUint16(at + 4, 8 + packet.payload);
    return;
  }
  view.setUint32(at + 4, packet.seq >>> 0);
  view.setUint32(at + 8, packet.ack >>> 0);
  view.setUint8(at + 12, 0x50);
  view.setUint8(at + 13, packet.flags);
  view.setUint16(at + 14, 0xffff);
}
