import { describe, expect, test } from 'vitest';
import { decodeOne, openTunnels, type Decoded } from '../../test/packets/decode-one.ts';
import { ethernet, icmp, ipPacket, tcp, udp } from '../../test/packets/frames.ts';
import { cookedV2Of, ethernetOf, geneve, gre, ipInIp, mpls, udpOf, vxlan } from '../../test/packets/tunnels.ts';
import { LINK_COOKED_V2 } from './link-layer.ts';

const tunnels = openTunnels();
const segment = tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', flags: 'PA', payload: 7, sequence: 99 });
const segment6 = tcp({ from: 'fd00::1/1000', to: 'fd00::2/80', flags: 'PA', payload: 7, sequence: 99 });
const outer6 = { from: 'fd00:1::1', to: 'fd00:1::2' };

function inside(packet: Buffer): Decoded {
  return decodeOne(ethernet(packet), { tunnels });
}

const found = {
  result: 'used',
  protocol: 6,
  flags: 0x18,
  source: 0x0a000001,
  destination: 0x0a000002,
  ports: [1000, 80],
  payload: 7,
  sequence: 99,
  window: 1000,
  isIpv6: false,
};
const found6 = { ...found, source: 0xfd000000, destination: 0xfd000000, isIpv6: true };
/** The flow of the tunnel's ends. */
const ends = { result: 'used', source: 0xc0000201, destination: 0xc0000202 };

describe('with `inner` a packet belongs to the flow inside', () => {
  test.each<[string, Buffer]>([
    ['VXLAN', vxlan(ethernet(segment))],
    ["VXLAN at Flannel's port", vxlan(ethernet(segment), { port: 8472 })],
    ['VXLAN with a group policy', vxlan(ethernet(segment), { flags: 0x88 })],
    ['VXLAN over IPv6', vxlan(ethernet(segment), { ends: outer6 })],
    ['VXLAN with a VLAN inside', vxlan(ethernet(segment, { tags: [0x8100] }))],
    ['Geneve', geneve(ethernet(segment))],
    ['Geneve with options', geneve(ethernet(segment), { optionBytes: 64 })],
    ['Geneve with as many options as fit', geneve(ethernet(segment), { optionBytes: 252 })],
    ['Geneve without Ethernet', geneve(segment, { protocol: 0x0800 })],
    ['GRE', gre(segment, { protocol: 0x0800 })],
    ['GRE with a checksum', gre(segment, { protocol: 0x0800, checksum: true })],
    ['GRE with a key', gre(segment, { protocol: 0x0800, key: true })],
    ['GRE with all its fields', gre(segment, { protocol: 0x0800, checksum: true, key: true, sequence: true })],
    ['GRE with Ethernet', gre(ethernet(segment), { protocol: 0x6558, key: true })],
    ['GRE with labels', gre(mpls(segment, [20, 21]), { protocol: 0x8847 })],
    ['GRE over IPv6', gre(segment, { protocol: 0x0800, ends: outer6 })],
    ['ERSPAN of type I', gre(ethernet(segment), { protocol: 0x88be })],
    [
      'ERSPAN of type II',
      gre(Buffer.concat([Buffer.alloc(8), ethernet(segment)]), { protocol: 0x88be, sequence: true }),
    ],
    [
      'ERSPAN of type III',
      gre(Buffer.concat([Buffer.alloc(12), ethernet(segment)]), { protocol: 0x22eb, sequence: true }),
    ],
    [
      'ERSPAN of type III with more',
      gre(Buffer.concat([Buffer.alloc(11), Buffer.of(1), Buffer.alloc(8), ethernet(segment)]), {
        protocol: 0x22eb,
        sequence: true,
      }),
    ],
    ['IP in IP', ipInIp(segment)],
    ['IP in IPv6', ipInIp(segment, outer6)],
    ['IP in IP in VXLAN in GRE', gre(vxlan(ethernet(ipInIp(segment))), { protocol: 0x0800 })],
  ])('%s', (_, packet) => {
    expect(inside(packet)).toMatchObject(found);
    expect(decodeOne(ethernet(packet)).protocol).not.toBe(6);
  });

  test.each<[string, Buffer]>([
    ['VXLAN', vxlan(ethernet(segment6))],
    ['Geneve without Ethernet', geneve(segment6, { protocol: 0x86dd })],
    ['GRE', gre(segment6, { protocol: 0x86dd, sequence: true })],
    ['IPv6 in IP', ipInIp(segment6)],
    ['IPv6 in IPv6', ipInIp(segment6, outer6)],
  ])('IPv6 in %s', (_, packet) => {
    expect(inside(packet)).toMatchObject(found6);
  });

  test('of every protocol', () => {
    const datagram = udp({ from: '10.0.0.1/53', to: '10.0.0.2/9999', payload: 5 });
    expect(inside(vxlan(ethernet(datagram)))).toMatchObject({ protocol: 17, ports: [53, 9999], payload: 5, window: 0 });
    const echo = icmp({ from: '10.0.0.1', to: '10.0.0.2', type: 8 });
    expect(inside(ipInIp(echo))).toMatchObject({ protocol: 1, sequence: 0x0800, ports: [0, 0] });
  });

  test('seen on the interface that the outer frame names', () => {
    const frame = cookedV2Of(0x0800, vxlan(ethernet(segment)), 7);
    expect(decodeOne(frame, { tunnels, linkType: LINK_COOKED_V2 })).toMatchObject({ ...found, interface: 7 });
  });

  test('at the ports that the settings name, as destination', () => {
    const moved = openTunnels({ vxlanPorts: [5000], genevePorts: [] });
    const at = (packet: Buffer): number => decodeOne(ethernet(packet), { tunnels: moved }).protocol;
    expect(at(vxlan(ethernet(segment), { port: 5000 }))).toBe(6);
    expect(at(vxlan(ethernet(segment)))).toBe(17);
    expect(at(geneve(ethernet(segment)))).toBe(17);
    const reply = vxlan(ethernet(segment), { port: 5000 });
    reply.writeUInt16BE(5000, 20);
    reply.writeUInt16BE(40_000, 22);
    expect(at(reply)).toBe(17);
  });
});

test('with `outer` tunnels stay closed', () => {
  expect(openTunnels({ tunnels: 'outer' })).toBeNull();
  expect(decodeOne(ethernet(vxlan(ethernet(segment))))).toMatchObject({ ...ends, protocol: 17, ports: [51_111, 4789] });
});

describe('lengths are those of the inner IP header', () => {
  test('whatever padding lies in the inner frame and behind the outer packet', () => {
    const padded = ethernet(vxlan(ethernet(segment, { padTo: 100 })), { padTo: 400 });
    expect(decodeOne(padded, { tunnels })).toMatchObject(found);
  });

  test('although the outer one is a first fragment, or was cut by the snaplen', () => {
    const long = tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', flags: 'PA', payload: 1400, sequence: 99 });
    const whole = ethernet(vxlan(ethernet(long)));
    expect(decodeOne(whole.subarray(0, 120), { tunnels, wireLength: whole.length })).toMatchObject({
      ...found,
      payload: 1400,
    });
    const first = vxlan(ethernet(long)).subarray(0, 20 + 800);
    first.writeUInt16BE(820, 2);
    first.writeUInt16BE(0x2000, 6);
    expect(inside(first)).toMatchObject({ ...found, payload: 1400 });
  });

  test('and what carries it tells the length where offload left it 0', () => {
    const offloaded = tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', flags: 'PA', payload: 3000, sequence: 99 });
    offloaded.writeUInt16BE(0, 2);
    const outside = vxlan(ethernet(offloaded));
    expect(decodeOne(ethernet(outside, { padTo: 4000 }), { tunnels })).toMatchObject({ ...found, payload: 3000 });
    outside.writeUInt16BE(0, 2);
    expect(inside(outside)).toMatchObject({ ...found, payload: 3000 });
  });
});

describe("what carries no packet belongs to the flow of the tunnel's ends", () => {
  const arp = ethernetOf(0x0806, Buffer.alloc(28));
  const broken = Buffer.from(segment);
  broken[0] = 0x43;
  const brokenTcp = Buffer.from(segment6);
  brokenTcp[40 + 12] = 0x10;
  const notOurs = Buffer.alloc(60, 0xff);
  // All but 20 bytes of the inner frame lie behind the end of the outer packet.
  const behind = vxlan(ethernet(segment));
  behind.writeUInt16BE(20 + 8 + 8 + 20, 2);

  test.each<[string, number, Buffer]>([
    ['ARP in VXLAN', 17, vxlan(arp)],
    ['VXLAN without a valid network', 17, vxlan(ethernet(segment), { flags: 0 })],
    ['VXLAN with a payload of another kind', 17, vxlan(ethernet(segment), { flags: 0x0c })],
    ['a datagram to the port of VXLAN that is too short', 17, udpOf(Buffer.alloc(7, 8), 4789)],
    ['a datagram to the port of VXLAN that is none', 17, udpOf(notOurs, 4789)],
    ['an inner frame that is too short', 17, vxlan(ethernet(segment).subarray(0, 13))],
    ['an inner header that is too short', 17, vxlan(ethernet(segment).subarray(0, 30))],
    ['an inner header that lies in padding', 17, behind],
    ['an inner header that contradicts itself', 17, vxlan(ethernet(broken))],
    ['an inner transport header that contradicts itself', 17, vxlan(ethernet(brokenTcp))],
    ['ARP in Geneve', 17, geneve(arp)],
    ['Geneve of another version', 17, geneve(ethernet(segment), { version: 1 })],
    ['a control packet of Geneve', 17, geneve(ethernet(segment), { control: true })],
    ['Geneve of an unknown protocol', 17, geneve(ethernet(segment), { protocol: 0x1234 })],
    ['a datagram to the port of Geneve that is too short', 17, udpOf(Buffer.alloc(5), 6081)],
    ['GRE of another version', 47, gre(segment, { protocol: 0x0800, flags: 2 })],
    ['GRE of version 1, as PPTP has it', 47, gre(segment, { protocol: 0x880b, flags: 1 })],
    ['GRE with routing', 47, gre(segment, { protocol: 0x0800, flags: 0x4000 })],
    ['a GRE keep-alive', 47, gre(Buffer.alloc(0), { protocol: 0 })],
    ['GRE without its fields', 47, ipPacket('192.0.2.1', '192.0.2.2', 47, Buffer.from([0xb0, 0, 8, 0, 0]))],
    ['ERSPAN without a frame', 47, gre(Buffer.alloc(11), { protocol: 0x22eb, sequence: true })],
    ['an empty GRE packet', 47, ipPacket('192.0.2.1', '192.0.2.2', 47, Buffer.alloc(0))],
    ['an empty IP-in-IP packet', 4, ipPacket('192.0.2.1', '192.0.2.2', 4, Buffer.alloc(0))],
    ['IP in IP of no known version', 4, ipPacket('192.0.2.1', '192.0.2.2', 4, notOurs)],
  ])('%s', (_, protocol, packet) => {
    for (const padTo of [0, 300]) {
      expect(decodeOne(ethernet(packet, { padTo }), { tunnels })).toMatchObject({ ...ends, protocol, isIpv6: false });
      expect(decodeOne(ethernet(packet, { padTo }), { tunnels })).toEqual(decodeOne(ethernet(packet, { padTo })));
    }
  });

  test('and what carries such a tunnel to the flow of that one', () => {
    const middle = { from: '10.9.0.1', to: '10.9.0.2' };
    expect(inside(ipInIp(vxlan(arp, { ends: middle })))).toMatchObject({
      protocol: 17,
      source: 0x0a090001,
      ports: [51_111, 4789],
    });
  });

  test('and the fifth tunnel in a packet stays closed', () => {
    const nested = (depth: number): Buffer =>
      Array.from({ length: depth }).reduce<Buffer>((packet) => ipInIp(packet), segment);
    expect(inside(nested(4))).toMatchObject(found);
    expect(inside(nested(5))).toMatchObject({ ...ends, protocol: 4 });
    expect(inside(nested(300))).toMatchObject({ ...ends, protocol: 4 });
  });
});

describe('a drop inside is the drop that it is outside a tunnel', () => {
  test('a later fragment', () => {
    const later = udp({ from: '10.0.0.1/1', to: '10.0.0.2/2', payload: 100 });
    later.writeUInt16BE(0x0010, 6);
    expect(inside(vxlan(ethernet(later))).result).toBe('fragment');
  });

  test('a later fragment of the outer packet', () => {
    const later = vxlan(ethernet(segment));
    later.writeUInt16BE(0x0010, 6);
    expect(inside(later).result).toBe('fragment');
  });

  test.each<[string, Buffer]>([
    ['VXLAN', ethernet(vxlan(ethernet(segment)))],
    ['VXLAN of IPv6', ethernet(vxlan(ethernet(segment6, { tags: [0x8100] }), { ends: outer6 }))],
    ['Geneve', ethernet(geneve(ethernet(segment), { optionBytes: 8 }))],
    ['GRE', ethernet(gre(ethernet(segment), { protocol: 0x6558, checksum: true, key: true, sequence: true }))],
    ['ERSPAN', ethernet(gre(Buffer.concat([Buffer.alloc(12), ethernet(segment)]), { protocol: 0x22eb }))],
    ['IP in IP', ethernet(ipInIp(ipInIp(segment), outer6))],
  ])('%s cut inside a header', (_, frame) => {
    for (let length = 0; length < frame.length - 7; length++) {
      const cut = decodeOne(frame.subarray(0, length), { tunnels, wireLength: frame.length });
      expect(cut.result, `${length} bytes`).toBe('truncated');
    }
    expect(decodeOne(frame.subarray(0, -7), { tunnels, wireLength: frame.length })).toMatchObject({
      result: 'used',
      ports: [1000, 80],
      payload: 7,
    });
  });
});
