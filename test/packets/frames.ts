/** Frames made by hand, for the tests of the packet path. */

export interface TransportOptions {
  readonly from: string;
  readonly to: string;
  /** Letters of the TCP flags: F S R P A U E C. */
  readonly flags?: string;
  readonly payload?: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly window?: number;
  /** TCP header with options, a multiple of 4. */
  readonly headerBytes?: number;
}

/** A TCP segment in an IP packet; ends are `address/port`, IPv4 or IPv6. */
export function tcp(options: TransportOptions): Buffer {
  const headerBytes = options.headerBytes ?? 20;
  const segment = Buffer.alloc(headerBytes + (options.payload ?? 0));
  const [from, to] = [endOf(options.from), endOf(options.to)];
  segment.writeUInt16BE(from.port, 0);
  segment.writeUInt16BE(to.port, 2);
  segment.writeUInt32BE((options.sequence ?? 0) >>> 0, 4);
  segment.writeUInt32BE((options.acknowledgement ?? 0) >>> 0, 8);
  segment[12] = (headerBytes / 4) << 4;
  segment[13] = [...(options.flags ?? 'A')].reduce((bits, flag) => bits | (1 << 'FSRPAUEC'.indexOf(flag)), 0);
  segment.writeUInt16BE(options.window ?? 1000, 14);
  return ipPacket(from.address, to.address, 6, segment);
}

/** A UDP datagram in an IP packet. */
export function udp(options: { readonly from: string; readonly to: string; readonly payload?: number }): Buffer {
  const datagram = Buffer.alloc(8 + (options.payload ?? 0));
  const [from, to] = [endOf(options.from), endOf(options.to)];
  datagram.writeUInt16BE(from.port, 0);
  datagram.writeUInt16BE(to.port, 2);
  datagram.writeUInt16BE(datagram.length, 4);
  return ipPacket(from.address, to.address, 17, datagram);
}

/** An ICMP message (ICMPv6 between IPv6 addresses) in an IP packet. */
export function icmp(options: { from: string; to: string; type: number; code?: number; payload?: number }): Buffer {
  const message = Buffer.alloc(8 + (options.payload ?? 0));
  message[0] = options.type;
  message[1] = options.code ?? 0;
  return ipPacket(options.from, options.to, options.from.includes(':') ? 58 : 1, message);
}

/** Any payload in an IP packet. */
export function ipPacket(from: string, to: string, protocol: number, payload: Buffer): Buffer {
  const isIpv6 = from.includes(':');
  const header = Buffer.alloc(isIpv6 ? 40 : 20);
  if (isIpv6) {
    header[0] = 0x60;
    header.writeUInt16BE(payload.length, 4);
    header[6] = protocol;
    header[7] = 64;
    header.set(ipv6Bytes(from), 8);
    header.set(ipv6Bytes(to), 24);
  } else {
    header[0] = 0x45;
    header.writeUInt16BE(20 + payload.length, 2);
    header[8] = 64;
    header[9] = protocol;
    header.set(from.split('.').map(Number), 12);
    header.set(to.split('.').map(Number), 16);
  }
  return Buffer.concat([header, payload]);
}

/** The packet in an Ethernet frame, with VLAN tags of these ethertypes, and zeros behind it. */
export function ethernet(packet: Buffer, options: { tags?: readonly number[]; padTo?: number } = {}): Buffer {
  const types = [...(options.tags ?? []), etherType(packet)];
  const parts = types.map((type, index) => {
    const part = Buffer.alloc(index === 0 ? 2 : 4);
    part.writeUInt16BE(type, part.length - 2);
    return part;
  });
  const frame = Buffer.concat([Buffer.alloc(12), ...parts, packet]);
  const padding = Math.max(0, (options.padTo ?? 0) - frame.length);
  return Buffer.concat([frame, Buffer.alloc(padding)]);
}

/** The packet in a Linux cooked frame of version 1. */
export function cooked(packet: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt16BE(etherType(packet), 14);
  return Buffer.concat([header, packet]);
}

/** The packet in a Linux cooked frame of version 2. */
export function cookedV2(packet: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(etherType(packet), 0);
  return Buffer.concat([header, packet]);
}

/** The packet behind a BSD loopback header. */
export function loopback(packet: Buffer): Buffer {
  return Buffer.concat([Buffer.from([2, 0, 0, 0]), packet]);
}

function etherType(packet: Buffer): number {
  return packet[0] >>> 4 === 6 ? 0x86dd : 0x0800;
}

function endOf(text: string): { address: string; port: number } {
  const [address, port] = text.split('/');
  return { address, port: Number(port) };
}

function ipv6Bytes(text: string): number[] {
  const [head, tail = ''] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)];
  return all.flatMap((group) => [Number.parseInt(group, 16) >>> 8, Number.parseInt(group, 16) & 0xff]);
}
