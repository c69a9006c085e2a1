/**
 * Traffic that hits corners: few ends, so that keys meet again; any flags; gaps at and beside the limits of 1, 5 and 120
 * seconds; runs of data; repeats; time that goes back. All of it follows from a seed.
 */
import { START_US, type TimedFrame } from './captures.ts';
import { cooked, cookedV2, ethernet, icmp, ipPacket, loopback, tcp, udp } from './frames.ts';
import type { Chance } from './random.ts';

interface Ends {
  readonly from: string;
  readonly to: string;
}

export interface TrafficOptions {
  /** How many pairs of ends there are; few, if it is not said. */
  readonly conversations?: number;
  /** Puts other ends into each packet; all else of the traffic stays as it is. */
  readonly withEnds?: (ends: Ends) => Ends;
}

export interface Traffic {
  readonly linkType: number;
  readonly frames: readonly TimedFrame[];
}

/** What the packets of one capture have in common. */
interface Style {
  readonly linkType: number;
  /** Pairs of ends, `address/port`. */
  readonly conversations: readonly (readonly [string, string])[];
  readonly protocols: readonly number[];
  readonly flags: readonly string[];
  /** How many packets may lie between an anchor of time and the packet that refers to it. */
  readonly memory: number;
  readonly goesBack: boolean;
  readonly limitsUs: readonly number[];
  /** One of so many packets goes against the first end's direction. */
  readonly answers: number;
  readonly sequences: readonly number[];
  readonly payloads: readonly number[];
  readonly withEnds: (ends: Ends) => Ends;
}

const MIXED_FLAGS = 'S SA A A A PA PA F FA FA R RA FSRPAUEC PU EC SE FR'.split(' ').concat('');
const IPV4 = ['10.0.0.9', '10.0.0.2', '200.1.2.3', '127.0.0.1'];
const IPV6 = ['fd00::9', 'fd00::2', '2001:db8:0:1::1', '::1'];

/** One capture's worth, 1 to 120 packets. */
export function randomTraffic(chance: Chance, options: TrafficOptions = {}): Traffic {
  const style = randomStyle(chance, options);
  const frames: TimedFrame[] = [];
  const size = chance.pick([1, 4, 12, 40, 120]);
  while (frames.length < size) {
    const packets = chance.oneIn(8) ? dataRun(chance, style) : [randomPacket(chance, style)];
    for (const packet of packets) frames.push(frameOf(chance, style, packet, nextTime(chance, style, frames)));
  }
  return { linkType: style.linkType, frames };
}

function randomStyle(chance: Chance, options: TrafficOptions): Style {
  const pools = chance.pick([[IPV4], [IPV4], [IPV6], [IPV4, IPV6]]);
  const ports = [80, 40_000, 65_535, 1].slice(0, chance.between(1, 4));
  const base = chance.pick([0, 100, 0x7fffffff - 2000, 0xffffffff - 2000]);
  return {
    linkType: chance.pick([1, 1, 1, 113, 276, 101, 0, 108]),
    withEnds: options.withEnds ?? ((ends) => ends),
    conversations: Array.from({ length: options.conversations ?? chance.pick([1, 1, 2, 5]) }, () => {
      const hosts = chance.pick(pools).slice(0, chance.between(2, 4));
      const first = chance.pick(hosts);
      // Now and then with itself.
      const second = chance.oneIn(8) ? first : chance.pick(hosts);
      return [`${first}/${chance.pick(ports)}`, `${second}/${chance.pick(ports)}`];
    }),
    protocols: chance.pick([[6], [6], [6], [17], [1], [6, 6, 6, 17, 1, 2, 132, 47, 58]]),
    flags: chance.pick([MIXED_FLAGS, MIXED_FLAGS, ['A', 'PA'], ['S', 'SA', 'A', 'FA', 'RA'], ['FA', 'F', 'A', 'S']]),
    memory: chance.pick([1, 3, 1000]),
    goesBack: chance.oneIn(5),
    limitsUs: [0, 1_000_000, 5_000_000, 120_000_000].slice(0, chance.between(1, 4)),
    answers: chance.pick([2, 2, 4, 1000]),
    sequences: Array.from({ length: chance.pick([1, 3, 50]) }, (_, i) => base + i * 100),
    payloads: chance.pick([[0], [0, 1, 1400], [1, 2], [0, 0, 65_000, 7, 100]]),
  };
}

/** A little later than the last packet, or at a limit, one microsecond more or less, after one of the last packets. */
function nextTime(chance: Chance, style: Style, frames: readonly TimedFrame[]): number {
  if (frames.length === 0) return START_US + chance.pick([0, 1, 999, 1000, 123_456]);
  const last = frames[frames.length - 1].timeUs;
  if (style.goesBack && chance.oneIn(4)) return last - chance.pick([1, 1000, 1_000_001, 5_000_001, 130_000_000]);
  if (chance.oneIn(2)) return last + chance.pick([0, 1, 10, chance.below(3000), chance.below(2_500_000)]);
  const anchor = frames[Math.max(0, frames.length - 1 - chance.below(style.memory))].timeUs;
  const timeUs = anchor + chance.pick(style.limitsUs) + chance.between(-1, 1);
  return style.goesBack ? timeUs : Math.max(last, timeUs);
}

/** Packets with data from one end, enough for a bulk. */
function dataRun(chance: Chance, style: Style): Buffer[] {
  const { from, to } = randomEnds(chance, style);
  const first = chance.pick(style.sequences);
  return Array.from({ length: chance.between(3, 7) }, (_, i) =>
    tcp({ from, to, flags: 'PA', payload: 1 + chance.below(1400), sequence: first + i * 1400 }),
  );
}

function randomPacket(chance: Chance, style: Style): Buffer {
  const protocol = chance.pick(style.protocols);
  const { from, to } = randomEnds(chance, style);
  const payload = chance.pick(style.payloads);
  const [source, destination] = [from, to].map((end) => end.split('/')[0]);
  switch (protocol) {
    case 6:
      return tcp({
        from,
        to,
        payload,
        flags: chance.pick(style.flags),
        sequence: chance.pick(style.sequences),
        acknowledgement: chance.pick([0, 0, 0, 1, 0xfffffff0]),
        window: chance.pick([0, 1000, 1000, 65_535]),
        headerBytes: chance.pick([20, 20, 32, 60]),
      });
    case 17:
      return udp({ from, to, payload });
    case 1:
    case 58:
      return icmp({ from: source, to: destination, type: chance.pick([0, 8, 3, 128]), code: chance.below(3) });
    case 132: {
      const message = Buffer.alloc(12);
      message.writeUInt16BE(Number(from.split('/')[1]), 0);
      message.writeUInt16BE(Number(to.split('/')[1]), 2);
      return ipPacket(source, destination, 132, message);
    }
    default:
      return ipPacket(source, destination, protocol, Buffer.alloc(chance.below(40)));
  }
}

function randomEnds(chance: Chance, style: Style): Ends {
  const [first, second] = chance.pick(style.conversations);
  return style.withEnds(chance.oneIn(style.answers) ? { from: second, to: first } : { from: first, to: second });
}

function frameOf(chance: Chance, style: Style, packet: Buffer, timeUs: number): TimedFrame {
  const frame = linkFrame(chance, style.linkType, chance.oneIn(8) ? oddPacket(chance, packet) : packet);
  if (!chance.oneIn(16)) return { timeUs, frame };
  return { timeUs, frame: frame.subarray(0, chance.between(1, frame.length)), wireLength: frame.length };
}

function linkFrame(chance: Chance, linkType: number, packet: Buffer): Buffer {
  switch (linkType) {
    case 1: {
      const tags = chance.pick([[], [], [0x8100], [0x88a8, 0x8100], [0x9100, 0x8100, 0x8100, 0x8100, 0x8100]]);
      return chance.oneIn(30) ? arp() : ethernet(packet, { tags, padTo: chance.pick([0, 60]) });
    }
    case 113:
      return cooked(packet);
    case 276:
      return cookedV2(packet);
    case 101:
      return packet;
    default:
      return loopback(packet);
  }
}

function arp(): Buffer {
  return Buffer.concat([Buffer.alloc(12), Buffer.from([8, 6]), Buffer.alloc(28)]);
}

/** With a length of 0 as offload leaves it, as a fragment, or with IP options or extension headers. */
function oddPacket(chance: Chance, packet: Buffer): Buffer {
  const isIpv6 = packet[0] >>> 4 === 6;
  const odd = Buffer.from(packet);
  switch (chance.below(3)) {
    case 0:
      odd.writeUInt16BE(0, isIpv6 ? 4 : 2);
      return odd;
    case 1:
      return isIpv6
        ? withExtension(odd, 44, Buffer.from([0, 0, 0, chance.pick([1, 8]), 0, 0, 0, 1]))
        : fragment(chance, odd);
    default:
      return isIpv6 ? withExtension(odd, chance.pick([0, 43, 60]), Buffer.alloc(8)) : withIpOptions(odd);
  }
}

function fragment(chance: Chance, packet: Buffer): Buffer {
  packet.writeUInt16BE(chance.pick([0x2000, 0x2001, 0x00b9, 0x4000]), 6);
  return packet;
}

function withIpOptions(packet: Buffer): Buffer {
  packet[0] = 0x47;
  packet.writeUInt16BE(Math.min(65_535, packet.readUInt16BE(2) + 8), 2);
  return Buffer.concat([packet.subarray(0, 20), Buffer.alloc(8), packet.subarray(20)]);
}

function withExtension(packet: Buffer, kind: number, extension: Buffer): Buffer {
  extension[0] = packet[6];
  packet[6] = kind;
  packet.writeUInt16BE(Math.min(65_535, packet.readUInt16BE(4) + extension.length), 4);
  return Buffer.concat([packet.subarray(0, 40), extension, packet.subarray(40)]);
}
