import { describe, expect, test } from 'vitest';
import {
  createPacketBatch,
  PACKET_DESTINATION,
  PACKET_IPV6,
  PACKET_KIND,
  PACKET_PAYLOAD,
  PACKET_PORTS,
  PACKET_SEQUENCE,
  PACKET_SOURCE,
} from '#core/packet-batch.ts';
import { cooked, cookedV2, ethernet, icmp, ipPacket, loopback, tcp, udp } from '../../test/packets/frames.ts';
import { decodeFrame } from './decode.ts';
import { DROP_REASONS, USED } from './drops.ts';
import { LINK_COOKED, LINK_COOKED_V2, LINK_ETHERNET, LINK_IPV4, LINK_LOOP, LINK_NULL, LINK_RAW } from './link-layer.ts';

function decode(frame: Buffer, linkType = LINK_ETHERNET, wireLength = frame.length) {
  const batch = createPacketBatch(1);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const code = decodeFrame(view, 0, frame.length, wireLength, linkType, batch);
  const words = batch.i32;
  return {
    result: code === USED ? 'used' : DROP_REASONS[code - 1],
    protocol: words[PACKET_KIND] & 0xff,
    flags: (words[PACKET_KIND] >>> 8) & 0xff,
    headerBytes: (words[PACKET_KIND] >>> 16) & 0xff,
    isIpv6: (words[PACKET_KIND] & PACKET_IPV6) !== 0,
    source: words[PACKET_SOURCE] >>> 0,
    destination: words[PACKET_DESTINATION] >>> 0,
    ports: [words[PACKET_PORTS] >>> 16, words[PACKET_PORTS] & 0xffff],
    payload: words[PACKET_PAYLOAD],
    sequence: words[PACKET_SEQUENCE] >>> 0,
  };
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
    });
  });
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
