/** Captures small enough to work their flows out by hand: what is around the packets must not change them. */
import { describe, expect, test } from 'vitest';
import { enhancedPacket, interfaceBlock, pcap, section, START_US } from './captures.ts';
import { expectCells } from './expect-cells.ts';
import { flowRowsOf } from './flow-rows.ts';
import { cookedV2, ethernet, icmp, ipPacket, tcp, udp } from './frames.ts';

const CLIENT = '10.0.0.9/40000';
const SERVER = '10.0.0.2/80';

/** SYN, SYN+ACK, 1 byte there, 3 bytes back. */
const packets = [
  tcp({ from: CLIENT, to: SERVER, flags: 'S', headerBytes: 32, window: 64_000 }),
  tcp({ from: SERVER, to: CLIENT, flags: 'SA', headerBytes: 32, window: 32_000 }),
  tcp({ from: CLIENT, to: SERVER, flags: 'PA', payload: 1, sequence: 1, acknowledgement: 1 }),
  tcp({ from: SERVER, to: CLIENT, flags: 'PA', payload: 3, sequence: 1, acknowledgement: 2 }),
];
const TIMES_US = [0, 400, 1000, 1600];

/** Gaps of 400, 600 and 600 us: the mean is 1600 / 3, deviations from it are 400 / 3, 200 / 3 and 200 / 3. */
const CELLS = {
  'Src IP': '10.0.0.9',
  'Src Port': 40_000,
  'Dst IP': '10.0.0.2',
  'Dst Port': 80,
  Protocol: 6,
  Timestamp: '2025-10-09 08:53:20',
  'Flow Duration': 1600,
  'Total Fwd Packet': 2,
  'Total Bwd packets': 2,
  'Total Length of Fwd Packet': 1,
  'Total Length of Bwd Packet': 3,
  'Fwd Packet Length Max': 1,
  'Fwd Packet Length Mean': 0.5,
  'Fwd Packet Length Std': Math.SQRT1_2, // deviations of a half: sqrt(2 / 4 / 1)
  'Bwd Packet Length Mean': 1.5,
  'Bwd Packet Length Std': 1.5 * Math.SQRT2,
  'Flow Bytes/s': 2500, // 4 bytes in 1.6 ms
  'Flow Packets/s': 2500,
  'Fwd Packets/s': 1250,
  'Flow IAT Mean': 1600 / 3,
  'Flow IAT Std': Math.sqrt((160_000 + 40_000 + 40_000) / 9 / 2),
  'Flow IAT Max': 600,
  'Flow IAT Min': 400,
  'Fwd IAT Total': 1000,
  'Bwd IAT Total': 1200,
  'Fwd Header Length': 52,
  'Bwd Header Length': 52,
  'Packet Length Variance': 2, // 0, 0, 1, 3 around 1: (1 + 1 + 0 + 4) / 3
  'Average Packet Size': 1,
  'FWD Init Win Bytes': 64_000,
  'Bwd Init Win Bytes': 32_000,
  'Fwd Act Data Pkts': 1,
  'Fwd Seg Size Min': 20,
  'Bwd Seg Size Min': 0,
  'SYN Flag Count': 2,
  'ACK Flag Count': 3,
  'PSH Flag Count': 2,
  'Total Connection Flow Time': 1600,
} as const;

const timed = (wrap: (packet: Buffer) => Buffer) =>
  packets.map((packet, index) => ({ timeUs: START_US + TIMES_US[index], frame: wrap(packet) }));

describe('one connection has the same row', () => {
  test.each([
    ['in Ethernet', pcap(timed((packet) => ethernet(packet)))],
    ['in Ethernet padded to 60 bytes', pcap(timed((packet) => ethernet(packet, { padTo: 60 })))],
    ['in a VLAN', pcap(timed((packet) => ethernet(packet, { tags: [0x8100], padTo: 64 })))],
    ['in a VLAN within a VLAN', pcap(timed((packet) => ethernet(packet, { tags: [0x88a8, 0x8100] })))],
    ['in Linux cooked frames of version 2', pcap(timed(cookedV2), { linkType: 276 })],
    [
      'without frames',
      pcap(
        timed((packet) => packet),
        { linkType: 101 },
      ),
    ],
    ['with lengths of 0, as offload leaves them', pcap(timed((packet) => ethernet(withoutLength(packet))))],
    [
      'cut behind the headers',
      pcap(
        timed((packet) => ethernet(packet)).map((each) => ({
          ...each,
          frame: each.frame.subarray(0, 66),
          wireLength: each.frame.length,
        })),
      ),
    ],
  ])('%s', (_, capture) => {
    const { rows, drops } = flowRowsOf(capture);
    expect(drops).toEqual({});
    expect(rows).toHaveLength(1);
    expectCells(rows[0], CELLS);
  });

  test('seen by two interfaces of a pcapng file that count nanoseconds and 2^-20 seconds', () => {
    const nanoseconds = (us: number) => BigInt(START_US + us) * 1000n + 999n;
    // START_US is a whole second; 400 and 1600 us are 419.4 and 1677.7 ticks, and ticks are rounded up to come back.
    const ticks = (us: number) => BigInt(START_US / 1e6) * 1_048_576n + BigInt(Math.ceil(us * 1.048576));
    const capture = Buffer.concat([
      section(),
      interfaceBlock(1, 9),
      interfaceBlock(276, 0x80 | 20),
      enhancedPacket(0, nanoseconds(0), ethernet(packets[0])),
      enhancedPacket(1, ticks(400), cookedV2(packets[1])),
      enhancedPacket(0, nanoseconds(1000), ethernet(packets[2])),
      enhancedPacket(1, ticks(1600), cookedV2(packets[3])),
    ]);
    const { rows } = flowRowsOf(capture);
    expect(rows).toHaveLength(1);
    expectCells(rows[0], CELLS);
  });
});

describe('fragments', () => {
  /** A datagram of 3000 bytes: 1480 bytes of it in the first fragment, its UDP header among them. */
  const fragment = (offset: number, more: boolean, bytes: Buffer) => {
    const packet = ipPacket('10.0.0.9', '10.0.0.2', 17, bytes);
    packet.writeUInt16BE((more ? 0x2000 : 0) | (offset / 8), 6);
    return packet;
  };
  const whole = udp({ from: '10.0.0.9/5000', to: '10.0.0.2/53', payload: 2992 }).subarray(20);
  const at = (timeUs: number, packet: Buffer) => ({ timeUs: START_US + timeUs, frame: ethernet(packet) });

  test('of one datagram are a packet of the first one and two counted drops, in any order', () => {
    const { rows, drops } = flowRowsOf(
      pcap([
        at(0, fragment(2960, false, whole.subarray(2960))),
        at(10, fragment(0, true, whole.subarray(0, 1480))),
        at(20, fragment(1480, true, whole.subarray(1480, 2960))),
        at(30, udp({ from: '10.0.0.2/53', to: '10.0.0.9/5000', payload: 8 })),
      ]),
    );
    expect(drops).toEqual({ fragment: 2 });
    expect(rows).toHaveLength(1);
    expectCells(rows[0], {
      'Flow ID': '10.0.0.9-10.0.0.2-5000-53-17',
      'Flow Duration': 20,
      'Total Length of Fwd Packet': 1472,
      'Total Length of Bwd Packet': 8,
      'Fwd Header Length': 8,
    });
  });

  test('of IPv6 too', () => {
    const part = (offset: number, more: number, bytes: Buffer) =>
      ipPacket(
        'fd00::9',
        'fd00::2',
        44,
        Buffer.concat([Buffer.from([17, 0, offset >> 8, (offset & 0xf8) | more, 0, 0, 0, 7]), bytes]),
      );
    const { rows, drops } = flowRowsOf(
      pcap([at(0, part(0, 1, whole.subarray(0, 1448))), at(5, part(1448, 0, whole.subarray(1448)))]),
    );
    expect(drops).toEqual({ fragment: 1 });
    // 1448 bytes behind the fragment header, less the UDP header.
    expectCells(rows[0], {
      'Src IP': 'fd00::9',
      'Src Port': 5000,
      'Total Length of Fwd Packet': 1440,
      'Total Fwd Packet': 1,
    });
  });
});

describe('IPv6', () => {
  test('has microseconds, flags and lengths like IPv4, with extension headers passed over', () => {
    const ends = { from: '2001:db8::9/40000', to: '2001:db8::2/443' };
    const turned = { from: ends.to, to: ends.from };
    const fin = tcp({ ...turned, flags: 'FAU', payload: 100, sequence: 5 });
    const hopByHop = Buffer.concat([Buffer.from([6, 0, 0, 0, 0, 0, 0, 0]), fin.subarray(40)]);
    const { rows } = flowRowsOf(
      pcap(
        [
          tcp({ ...ends, flags: 'S' }),
          tcp({ ...turned, flags: 'SA' }),
          ipPacket('2001:db8::2', '2001:db8::9', 0, hopByHop),
        ].map((packet, index) => ({ timeUs: START_US + index * 250, frame: ethernet(packet) })),
      ),
    );
    expect(rows).toHaveLength(1);
    expectCells(rows[0], {
      'Flow ID': '2001:db8::9-2001:db8::2-40000-443-6',
      'Flow Duration': 500,
      'Total Length of Bwd Packet': 100,
      'Bwd Packet Length Std': 50 * Math.SQRT2, // 0 and 100
      'Flow Packets/s': 6000,
      'FIN Flag Count': 1,
      'Bwd URG Flags': 1,
      'SYN Flag Count': 2,
      'Bwd Header Length': 40,
    });
  });

  test('has its echo requests and answers in one flow, another message in another', () => {
    const from = 'fd00::9';
    const to = 'fd00::2';
    const { rows } = flowRowsOf(
      pcap(
        [
          icmp({ from, to, type: 128, payload: 56 }),
          icmp({ from: to, to: from, type: 129, payload: 56 }),
          icmp({ from: to, to: from, type: 1, code: 4, payload: 56 }),
        ].map((packet, index) => ({ timeUs: START_US + index * 100, frame: ethernet(packet) })),
      ),
    );
    expect(rows).toHaveLength(2);
    expectCells(rows[0], {
      Protocol: 58,
      'ICMP Type': 128,
      'ICMP Code': 0,
      'Total Fwd Packet': 1,
      'Total Bwd packets': 1,
    });
    expectCells(rows[1], { 'Src IP': 'fd00::2', 'ICMP Type': 1, 'ICMP Code': 4, 'Total Length of Fwd Packet': 0 });
  });
});

function withoutLength(packet: Buffer): Buffer {
  const copy = Buffer.from(packet);
  copy.writeUInt16BE(0, 2);
  return copy;
}
