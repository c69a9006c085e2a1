import { expect, test } from 'vitest';
import { decodeOne } from '../../test/packets/decode-one.ts';
import { ethernet, tcp } from '../../test/packets/frames.ts';
import { cookedOf, cookedV2Of, ethernetOf, mpls, ppp, pppoe } from '../../test/packets/tunnels.ts';
import { knownLinkType, LINK_COOKED, LINK_COOKED_V2, LINK_ETHERNET, LINK_PPP, LINK_PPPOE } from './link-layer.ts';

const segment = tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', payload: 7 });
const segment6 = tcp({ from: 'fd00::1/1000', to: 'fd00::2/80', payload: 7 });
const found = { result: 'used', ports: [1000, 80], payload: 7, isIpv6: false };
const found6 = { ...found, isIpv6: true };

/** An Ethernet frame whose VLAN tags lead to this ethertype. */
function tagged(etherType: number, payload: Buffer, tags: number): Buffer {
  const frame = ethernet(segment, { tags: Array.from({ length: tags }, () => 0x8100) });
  const start = frame.subarray(0, 14 + 4 * tags);
  start.writeUInt16BE(etherType, start.length - 2);
  return Buffer.concat([start, payload]);
}

const stack = Array.from({ length: 16 }, (_, i) => i + 16);

test.each<[string, Buffer, number]>([
  ['one label', ethernetOf(0x8847, mpls(segment, [20])), LINK_ETHERNET],
  ['three labels', ethernetOf(0x8847, mpls(segment, [20, 21, 22])), LINK_ETHERNET],
  ['sixteen labels', ethernetOf(0x8847, mpls(segment, stack)), LINK_ETHERNET],
  ['multicast labels', ethernetOf(0x8848, mpls(segment, [20])), LINK_ETHERNET],
  ['labels in a VLAN', tagged(0x8847, mpls(segment, [20]), 1), LINK_ETHERNET],
  ['labels in QinQ', tagged(0x8847, mpls(segment, [20]), 2), LINK_ETHERNET],
  ['labels in a cooked frame', cookedOf(0x8847, mpls(segment, [20])), LINK_COOKED],
  ['labels in a cooked frame of version 2', cookedV2Of(0x8847, mpls(segment, [20])), LINK_COOKED_V2],
  ['a PPPoE session', ethernetOf(0x8864, pppoe(ppp(segment))), LINK_ETHERNET],
  ['a PPPoE session in a VLAN', tagged(0x8864, pppoe(ppp(segment)), 1), LINK_ETHERNET],
  [
    'a PPPoE session with a short protocol',
    ethernetOf(0x8864, pppoe(ppp(segment, { compressed: true }))),
    LINK_ETHERNET,
  ],
  ['labels in a PPPoE session', ethernetOf(0x8864, pppoe(ppp(mpls(segment, [9]), { protocol: 0x281 }))), LINK_ETHERNET],
  ['PPPoE without Ethernet', pppoe(ppp(segment)), LINK_PPPOE],
  ['PPP', ppp(segment), LINK_PPP],
  ['PPP with address and control bytes', ppp(segment, { framed: true }), LINK_PPP],
])('a packet is found behind %s', (_, frame, linkType) => {
  expect(decodeOne(frame, { linkType })).toMatchObject(found);
});

test('IPv6 is found behind labels and in PPP', () => {
  expect(decodeOne(ethernetOf(0x8847, mpls(segment6, [20, 21])))).toMatchObject(found6);
  expect(decodeOne(ethernetOf(0x8864, pppoe(ppp(segment6))))).toMatchObject(found6);
});

test.each<[string, Buffer]>([
  ['labels without a bottom', ethernetOf(0x8847, mpls(segment, [...stack, 40]))],
  ['a pseudowire', ethernetOf(0x8847, mpls(Buffer.alloc(40), [20]))],
  ['PPPoE discovery', ethernetOf(0x8863, pppoe(ppp(segment)))],
  ['a PPPoE packet that is no session data', ethernetOf(0x8864, pppoe(ppp(segment), 0xa7))],
  ['PPP link control', ethernetOf(0x8864, pppoe(ppp(segment, { protocol: 0xc021 })))],
  ['more VLAN tags than anybody nests', tagged(0x0800, segment, 5)],
  ['an ethertype that is not known', ethernetOf(0x88cc, segment)],
  ['a length where the ethertype is', ethernetOf(60, segment)],
])('%s is no IP packet', (_, frame) => {
  expect(decodeOne(frame).result).toBe('not-ip');
});

test('numbers that some systems write for raw IP are raw IP, others are not supported', () => {
  expect([12, 14, 101].map(knownLinkType)).toEqual([101, 101, 101]);
  expect([105, 127, 65_535].map(knownLinkType)).toEqual([-1, -1, -1]);
});
