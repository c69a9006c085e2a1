/** Tunnels and labels around packets, made by hand, for the tests of the packet path. */
import { ipPacket } from './frames.ts';

/** Ends of a tunnel, both IPv4 or both IPv6. */
export interface TunnelEnds {
  readonly from: string;
  readonly to: string;
}

const ENDS: TunnelEnds = { from: '192.0.2.1', to: '192.0.2.2' };

/** An Ethernet frame of any ethertype. */
export function ethernetOf(etherType: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(12), half(etherType), payload]);
}

/** A Linux cooked frame of version 1, of any ethertype. */
export function cookedOf(etherType: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(14), half(etherType), payload]);
}

/** A Linux cooked frame of version 2, of any ethertype, seen on the interface of this index. */
export function cookedV2Of(etherType: number, payload: Buffer, interfaceIndex = 0): Buffer {
  const index = Buffer.alloc(4);
  index.writeUInt32BE(interfaceIndex);
  return Buffer.concat([half(etherType), Buffer.alloc(2), index, Buffer.alloc(12), payload]);
}

/** The packet behind a stack of MPLS labels, the last one marked as the bottom. */
export function mpls(packet: Buffer, labels: readonly number[]): Buffer {
  const entries = labels.map((label, index) => {
    const entry = Buffer.alloc(4);
    entry.writeUInt32BE(((label << 12) | (index === labels.length - 1 ? 0x100 : 0) | 64) >>> 0);
    return entry;
  });
  return Buffer.concat([...entries, packet]);
}

/** The packet in PPP; its protocol number in two bytes, or in one where it is compressed. */
export function ppp(
  packet: Buffer,
  options: { protocol?: number; compressed?: boolean; framed?: boolean } = {},
): Buffer {
  const protocol = options.protocol ?? (packet[0] >>> 4 === 6 ? 0x57 : 0x21);
  const framing = options.framed === true ? Buffer.from([0xff, 0x03]) : Buffer.alloc(0);
  return Buffer.concat([framing, options.compressed === true ? Buffer.from([protocol]) : half(protocol), packet]);
}

/** The PPP packet in a PPPoE session header. */
export function pppoe(payload: Buffer, code = 0): Buffer {
  return Buffer.concat([Buffer.from([0x11, code]), half(7), half(payload.length), payload]);
}

/** The payload in UDP over IP. */
export function udpOf(payload: Buffer, port: number, ends = ENDS): Buffer {
  return ipPacket(
    ends.from,
    ends.to,
    17,
    Buffer.concat([half(51_111), half(port), half(payload.length + 8), half(0), payload]),
  );
}

/** The Ethernet frame in VXLAN over UDP over IP. */
export function vxlan(frame: Buffer, options: { port?: number; flags?: number; ends?: TunnelEnds } = {}): Buffer {
  const header = Buffer.from([options.flags ?? 0x08, 0, 0, 0, 0, 0, 42, 0]);
  return udpOf(Buffer.concat([header, frame]), options.port ?? 4789, options.ends);
}

export interface GeneveOptions {
  readonly port?: number;
  readonly protocol?: number;
  readonly optionBytes?: number;
  readonly version?: number;
  readonly control?: boolean;
  readonly ends?: TunnelEnds;
}

/** The payload, an Ethernet frame unless another protocol is named, in Geneve over UDP over IP. */
export function geneve(payload: Buffer, options: GeneveOptions = {}): Buffer {
  const optionBytes = options.optionBytes ?? 0;
  const first = ((options.version ?? 0) << 6) | (optionBytes / 4);
  const header = Buffer.from([first, options.control === true ? 0x80 : 0]);
  const rest = Buffer.concat([half(options.protocol ?? 0x6558), Buffer.alloc(4 + optionBytes)]);
  return udpOf(Buffer.concat([header, rest, payload]), options.port ?? 6081, options.ends);
}

export interface GreOptions {
  readonly protocol: number;
  readonly checksum?: boolean;
  readonly key?: boolean;
  readonly sequence?: boolean;
  /** Flag bits beyond these, and the version. */
  readonly flags?: number;
  readonly ends?: TunnelEnds;
}

/** The payload in GRE over IP. */
export function gre(payload: Buffer, options: GreOptions): Buffer {
  const fields = [options.checksum, options.key, options.sequence];
  const flags = [0x8000, 0x2000, 0x1000].reduce((bits, bit, i) => (fields[i] === true ? bits | bit : bits), 0);
  const present = fields.filter((field) => field === true).length;
  const header = Buffer.concat([half(flags | (options.flags ?? 0)), half(options.protocol), Buffer.alloc(4 * present)]);
  const ends = options.ends ?? ENDS;
  return ipPacket(ends.from, ends.to, 47, Buffer.concat([header, payload]));
}

/** The packet in another IP packet. */
export function ipInIp(packet: Buffer, ends = ENDS): Buffer {
  return ipPacket(ends.from, ends.to, packet[0] >>> 4 === 6 ? 41 : 4, packet);
}

function half(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
