import { describe, expect, test } from 'vitest';
import { decodeOne, type Decoded } from '../../test/packets/decode-one.ts';
import { cooked, cookedV2, ethernet, icmp, ipPacket, loopback, tcp, udp } from '../../test/packets/frames.ts';
import { cookedV2Of } from '../../test/packets/tunnels.ts';
import { LINK_COOKED, LINK_COOKED_V2, LINK_ETHERNET, LINK_IPV4, LINK_LOOP, LINK_NULL, LINK_RAW } from './link-layer.ts';

function decode(frame: Buffer, linkType = LINK_ETHERNET, wireLength = frame.length): Decoded {
  return decodeOne(frame, { linkType, wireLength });
}

const segment = tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', flags: 'PA', payload: 7, sequence: 0xfedcba98 });
const segment6 = tcp({ from: 'fd00::1/1000', to: 'fd00::2/80', flags: 'S', payload: 3, headerBytes: 32 });

describe('the same packet is found in every kind of frame', () => {
  const frames: [string, Buffer, number][] = [
    ['Ethernet', ethernet(segment), LINK_ETHERNET],
    ['a VLAN', ethernet(segment, { tags: [0x8100] }), LINK_ETHERNET],
    ['QinQ', ethernet(segment, { tags: [0x88a8, 0x8100] }), LINK_ETHERNET],
    ['Linux cooked v1', cooked(segment), LINK_COOKED],
    ['Linux cooked v2', cookedV2(segment), LINK_COOKED_V2],
    ['raw IP', segment, LINK_RAW],
    ['raw IPv4', segment, LINK_IPV4],
    ['BSD loopback', loopback(segment), LINK_NULL],
    ['OpenBSD loopback', loopback(segment), LINK_LOOP],
  ];
  test.each(frames)('%s', (_, frame, linkType) => {
    expect(decode(frame, linkType)).toEqual({
      result: 'used',
      protocol: 6,
      flags: 0x18,
      headerBytes: 20,
      isIpv6: false,
      source: 0x0a000001,
      destination: 0x0a000002,
      ports: [1000, 80],
      payload: 7,
      sequence: 0xfedcba98,
      window: 1000,
      interface: 0,
    });
  });
});

test('cooked frames of version 2 tell the interface, whose neighbours have other numbers', () => {
  const on = (index: number): Decoded => decode(cookedV2Of(0x0800, segment, index), LINK_COOKED_V2);
  expect(on(0)).toMatchObject({ interface: 0, window: 1000 });
  for (const index of [1, 2, 7, 65_534, 65_535, 65_536, 65_537, 0x7fffffff, 0x80000000, 0xffff0000, 0xfffffffe]) {
    expect(on(index)).toMatchObject({ window: 1000, sequence: 0xfedcba98 });
    expect(on(index).interface).not.toBe(0);
    expect(on(index).interface).not.toBe(on(index + 1).interface);
  }
  expect([1, 300, 65_535].map((index) => on(index).interface)).toEqual([1, 300, 65_535]);
  const datagram = udp({ from: '10.0.0.1/1', to: '10.0.0.2/2' });
  expect(decode(cookedV2Of(0x0800, datagram, 0xffff), LINK_COOKED_V2)).toMatchObject({ interface: 0xffff, window: 0 });
});

test('IPv6 is found in VLAN and cooked frames', () => {
  const expected = { result: 'used', isIpv6: true, ports: [1000, 80], payload: 3, headerBytes: 32, flags: 2 };
  expect(decode(ethernet(segment6, { tags: [0x8100] }))).toMatchObject(expected);
  expect(decode(cookedV2(segment6), LINK_COOKED_V2)).toMatchObject(expected);
  expect(decode(segment6, LINK_RAW)).toMatchObject(expected);
});

test('IPv6 extension headers are passed over', () => {
  const udp6 = udp({ from: 'fd00::1/53', to: 'fd00::2/9999', payload: 5 }).subarray(40);
  const hopByHop = Buffer.from([60, 0, 0, 0, 0, 0, 0, 0]);
  const options = Buffer.from([51, 1, ...Buffer.alloc(14)]);
  const authentication = Buffer.from([17, 4, ...Buffer.alloc(22)]);
  const packet = ipPacket('fd00::1', 'fd00::2', 0, Buffer.concat([hopByHop, options, authentication, udp6]));
  expect(decode(ethernet(packet))).toMatchObject({ result: 'used', protocol: 17, ports: [53, 9999], payload: 5 });
});

test('encrypted payload and no next header are kept by their number', () => {
  const ofProtocol = (next: number): Buffer => {
    const options = Buffer.from([next, 0, 0, 0, 0, 0, 0, 0]);
    return ethernet(ipPacket('fd00::1', 'fd00::2', 60, Buffer.concat([options, Buffer.alloc(next === 50 ? 32 : 0)])));
  };
  expect(decode(ofProtocol(50))).toMatchObject({ result: 'used', protocol: 50, ports: [0, 0], payload: 0 });
  expect(decode(ofProtocol(59))).toMatchObject({ result: 'used', protocol: 59, ports: [0, 0], payload: 0 });
});

test('IPv6 extension headers are not looked for in padding', () => {
  const packet = ipPacket('fd00::1', 'fd00::2', 44, Buffer.from([17, 0]));
  expect(decode(Buffer.concat([ethernet(packet), Buffer.alloc(40, 0xff)])).result).toBe('malformed');
});

test('endless IPv6 extension headers are malformed', () => {
  const chain = Buffer.concat(Array.from({ length: 20 }, () => Buffer.from([0, 0, 0, 0, 0, 0, 0, 0])));
  expect(decode(ethernet(ipPacket('fd00::1', 'fd00::2', 0, chain))).result).toBe('malformed');
});

test('Ethernet padding is no payload', () => {
  const syn = tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', flags: 'S' });
  expect(decode(ethernet(syn, { padTo: 60 }))).toMatchObject({ result: 'used', payload: 0 });
});

test('a cut packet has the length that its IP header says', () => {
  const long = ethernet(tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', payload: 1200 }));
  expect(decode(long.subarray(0, 96), LINK_ETHERNET, long.length)).toMatchObject({ result: 'used', payload: 1200 });
});

test('an IP length of 0, as segmentation offload leaves it, is taken from the frame', () => {
  const offloaded = ethernet(tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', payload: 4000 }));
  offloaded.writeUInt16BE(0, 16);
  expect(decode(offloaded)).toMatchObject({ result: 'used', payload: 4000 });
});

test('so is an IPv6 payload length of 0, as offload leaves it and as a jumbogram has it', () => {
  const offloaded = tcp({ from: 'fd00::1/1000', to: 'fd00::2/80', payload: 4000 });
  offloaded.writeUInt16BE(0, 4);
  expect(decode(ethernet(offloaded))).toMatchObject({ result: 'used', payload: 4000 });
  const jumboOption = Buffer.from([6, 0, 0xc2, 4, 0, 1, 0x38, 0x88]);
  const jumbo = ipPacket('fd00::1', 'fd00::2', 0, Buffer.concat([jumboOption, offloaded.subarray(40)]));
  jumbo.writeUInt16BE(0, 4);
  const frame = ethernet(jumbo);
  expect(decode(frame.subarray(0, 120), LINK_ETHERNET, 14 + 40 + 80_000)).toMatchObject({
    result: 'used',
    payload: 80_000 - 8 - 20,
  });
});

test('a frame of no byte, or of more bytes than were on the wire, does no harm', () => {
  expect(decode(Buffer.alloc(0)).result).toBe('truncated');
  expect(decode(Buffer.alloc(0), LINK_RAW, 1500).result).toBe('truncated');
  expect(decode(ethernet(segment), LINK_ETHERNET, 10)).toMatchObject({ result: 'used', payload: 7 });
  const offloaded = ethernet(segment);
  offloaded.writeUInt16BE(0, 16);
  expect(decode(offloaded, LINK_ETHERNET, 10).result).toBe('malformed');
});

test('IPv4 options are passed over', () => {
  const packet = Buffer.concat([segment.subarray(0, 20), Buffer.alloc(40, 1), segment.subarray(20)]);
  packet[0] = 0x4f;
  packet.writeUInt16BE(packet.length, 2);
  expect(decode(ethernet(packet))).toMatchObject({ result: 'used', ports: [1000, 80], payload: 7 });
});

test('the first fragment has ports, later ones are dropped as fragments', () => {
  const first = ethernet(udp({ from: '10.0.0.1/5000', to: '10.0.0.2/53', payload: 1472 }));
  first.writeUInt16BE(0x2000, 20);
  expect(decode(first)).toMatchObject({ result: 'used', ports: [5000, 53], payload: 1472 });
  first.writeUInt16BE(0x2001, 20);
  expect(decode(first).result).toBe('fragment');
});

test('IPv6 fragments are dropped but for the first', () => {
  const inner = udp({ from: 'fd00::1/53', to: 'fd00::2/9999', payload: 5 }).subarray(40);
  const fragment = (offset: number): Buffer =>
    ethernet(ipPacket('fd00::1', 'fd00::2', 44, Buffer.concat([Buffer.from([17, 0, 0, offset, 0, 0, 0, 9]), inner])));
  expect(decode(fragment(1))).toMatchObject({ result: 'used', ports: [53, 9999] });
  // Alone, neither preceded nor followed by others.
  expect(decode(fragment(0))).toMatchObject({ result: 'used', ports: [53, 9999], payload: 5 });
  expect(decode(fragment(8)).result).toBe('fragment');
});

test('ICMP and ICMPv6 carry type and code and no payload', () => {
  expect(decode(ethernet(icmp({ from: '10.0.0.1', to: '10.0.0.2', type: 3, code: 1, payload: 40 })))).toMatchObject({
    result: 'used',
    protocol: 1,
    sequence: 0x0301,
    payload: 0,
    ports: [0, 0],
    headerBytes: 0,
  });
  expect(decode(ethernet(icmp({ from: 'fd00::1', to: 'fd00::2', type: 128 })))).toMatchObject({
    result: 'used',
    protocol: 58,
    sequence: 0x8000,
  });
});

test('other protocols are kept by their number', () => {
  expect(decode(ethernet(ipPacket('10.0.0.1', '10.0.0.2', 47, Buffer.alloc(8))))).toMatchObject({
    result: 'used',
    protocol: 47,
    ports: [0, 0],
  });
});

test('what is no IP packet is dropped as such', () => {
  const arp = ethernet(Buffer.alloc(28));
  arp.writeUInt16BE(0x0806, 12);
  expect(decode(arp).result).toBe('not-ip');
});

test('headers that contradict themselves are malformed', () => {
  const shortHeader = ethernet(segment);
  shortHeader[14] = 0x44;
  expect(decode(shortHeader).result).toBe('malformed');
  const shortOffset = ethernet(segment);
  shortOffset[14 + 20 + 12] = 0x40;
  expect(decode(shortOffset).result).toBe('malformed');
  const shortTotal = ethernet(segment);
  shortTotal.writeUInt16BE(30, 16);
  expect(decode(shortTotal).result).toBe('malformed');
  for (const protocol of [1, 6, 17, 132]) {
    const empty = ipPacket('10.0.0.1', '10.0.0.2', protocol, Buffer.alloc(1));
    expect(decode(ethernet(empty)).result).toBe('malformed');
    expect(decode(ethernet(empty, { padTo: 60 })).result).toBe('malformed');
  }
});

test('every cut inside the headers is a counted drop', () => {
  for (const [frame, headers] of [
    [ethernet(segment, { tags: [0x8100] }), 18 + 40],
    [ethernet(segment6), 14 + 40 + 20],
  ] as const) {
    for (let length = 0; length < headers; length++) {
      expect(decode(frame.subarray(0, length), LINK_ETHERNET, frame.length).result).toBe('truncated');
    }
  }
});

test('an IPv6 packet that claims to come from or go to an IPv4 address is malformed', () => {
  for (const at of [8, 24]) {
    const packet = tcp({ from: 'fd00::1/1000', to: 'fd00::2/80' });
    packet.fill(0, at, at + 10);
    packet.fill(0xff, at + 10, at + 12);
    expect(decode(ethernet(packet))).toMatchObject({ result: 'malformed' });
  }
});
