import { describe, expect, test } from 'vitest';
import { decodeOne, openTunnels } from '../../test/packets/decode-one.ts';
import { cooked, cookedV2, ethernet, icmp, ipPacket, loopback, tcp, udp } from '../../test/packets/frames.ts';
import { cookedV2Of, ethernetOf, geneve, gre, ipInIp, mpls, ppp, pppoe, vxlan } from '../../test/packets/tunnels.ts';
import { DROP_REASONS } from './drops.ts';
import {
  LINK_COOKED,
  LINK_COOKED_V2,
  LINK_ETHERNET,
  LINK_LOOP,
  LINK_NULL,
  LINK_PPP,
  LINK_PPPOE,
  LINK_RAW,
} from './link-layer.ts';

const segment = tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', flags: 'PA', payload: 7, headerBytes: 32 });
const segment6 = tcp({ from: 'fd00::1/1000', to: 'fd00::2/80', payload: 3 });
const datagram = udp({ from: '10.0.0.1/53', to: '10.0.0.2/9999', payload: 20 });
const extensions = Buffer.from([
  60,
  0,
  ...Array(6).fill(0),
  51,
  1,
  ...Array(14).fill(0),
  44,
  1,
  ...Array(10).fill(0),
  6,
  0,
  0,
  0,
  0,
  0,
  0,
  1,
]);
const extended = ipPacket('fd00::1', 'fd00::2', 0, Buffer.concat([extensions, segment6.subarray(40)]));

const kinds: [string, number, Buffer][] = [
  ['Ethernet', LINK_ETHERNET, ethernet(segment)],
  [
    'Ethernet with padding',
    LINK_ETHERNET,
    ethernet(icmp({ from: '10.0.0.1', to: '10.0.0.2', type: 8 }), { padTo: 60 }),
  ],
  ['VLAN', LINK_ETHERNET, ethernet(segment6, { tags: [0x8100] })],
  ['QinQ', LINK_ETHERNET, ethernet(datagram, { tags: [0x88a8, 0x8100] })],
  ['IPv6 with extensions', LINK_ETHERNET, ethernet(extended)],
  ['SCTP', LINK_ETHERNET, ethernet(ipPacket('10.0.0.1', '10.0.0.2', 132, Buffer.alloc(12)))],
  ['MPLS', LINK_ETHERNET, ethernetOf(0x8847, mpls(segment, [20, 21, 22]))],
  ['PPPoE', LINK_ETHERNET, ethernetOf(0x8864, pppoe(ppp(segment6)))],
  ['PPPoE alone', LINK_PPPOE, pppoe(ppp(segment))],
  ['PPP', LINK_PPP, ppp(datagram, { framed: true })],
  ['cooked', LINK_COOKED, cooked(segment)],
  ['cooked v2', LINK_COOKED_V2, cookedV2(segment6)],
  ['cooked v2 with MPLS', LINK_COOKED_V2, cookedV2Of(0x8847, mpls(datagram, [20]), 3)],
  ['BSD loopback', LINK_NULL, loopback(segment)],
  ['OpenBSD loopback', LINK_LOOP, loopback(segment6)],
  ['raw', LINK_RAW, segment],
  ['VXLAN', LINK_ETHERNET, ethernet(vxlan(ethernet(segment, { tags: [0x8100] })))],
  ['Geneve', LINK_ETHERNET, ethernet(geneve(ethernet(extended), { optionBytes: 12 }))],
  [
    'GRE',
    LINK_ETHERNET,
    ethernet(gre(ethernet(datagram), { protocol: 0x6558, checksum: true, key: true, sequence: true })),
  ],
  [
    'ERSPAN',
    LINK_ETHERNET,
    ethernet(gre(Buffer.concat([Buffer.alloc(20, 1), ethernet(segment)]), { protocol: 0x22eb })),
  ],
  ['IP in IP', LINK_COOKED_V2, cookedV2(ipInIp(ipInIp(gre(segment6, { protocol: 0x86dd }))))],
];
const results = new Set<string>(['used', ...DROP_REASONS]);
const settings = [null, openTunnels()];

describe('a frame is used or a counted drop, and nothing is read beyond it', () => {
  test.each(kinds)('%s, cut anywhere', (_, linkType, frame) => {
    for (const tunnels of settings) {
      for (let length = 0; length <= frame.length; length++) {
        for (const wireLength of [frame.length, length, 0]) {
          const { result } = decodeOne(frame.subarray(0, length), { linkType, wireLength, tunnels });
          expect(results).toContain(result);
          if (length < 14) expect(result).not.toBe('used');
        }
      }
      expect(decodeOne(frame, { linkType, tunnels }).result).toBe('used');
    }
  });

  test.each(kinds)('%s, with bytes changed at random', (name, linkType, frame) => {
    const random = randomOf(name.length * 7919 + frame.length);
    for (let round = 0; round < 400; round++) {
      const changed = Buffer.from(
        frame.subarray(0, random() < 0.2 ? Math.floor(random() * frame.length) : frame.length),
      );
      for (let change = Math.floor(random() * 4); change >= 0 && changed.length > 0; change--) {
        const at = Math.floor(random() * changed.length);
        changed[at] = random() < 0.5 ? changed[at] ^ (1 << Math.floor(random() * 8)) : Math.floor(random() * 256);
      }
      const tunnels = settings[round % 2];
      const decoded = decodeOne(changed, { linkType, tunnels });
      expect(results).toContain(decoded.result);
      if (decoded.result !== 'used') continue;
      expect(decoded.payload).toBeGreaterThanOrEqual(0);
      expect(decoded.payload).toBeLessThanOrEqual(65_535);
      if (decoded.protocol !== 6) expect([decoded.window, decoded.flags]).toEqual([0, 0]);
      if (linkType !== LINK_COOKED_V2) expect(decoded.interface).toBe(0);
    }
    expect(tunnelDepth()).toBe(0);
  });

  test('random bytes of every length', () => {
    const random = randomOf(17);
    for (let round = 0; round < 2000; round++) {
      const frame = Buffer.from(Array.from({ length: Math.floor(random() * 120) }, () => Math.floor(random() * 256)));
      const [, linkType] = kinds[round % kinds.length];
      expect(results).toContain(decodeOne(frame, { linkType, tunnels: settings[round % 2] }).result);
    }
  });
});

function tunnelDepth(): number | undefined {
  return settings[1]?.depth;
}

/** Numbers in [0, 1), the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 4_294_967_296;
  };
}
