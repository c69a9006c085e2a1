import { expect, test } from 'vitest';
import { type CarriedOut, observe } from './observe.ts';
import { addressNumber } from './pcap.ts';

const T0_US = 1_700_000_000_000_000;
const HOSTS = [
  { role: 'web', ip: '10.0.0.10' },
  { role: 'client1', ip: '10.0.0.20' },
  { role: 'attacker1', ip: '10.0.0.30' },
  { role: 'attacker2', ip: '10.0.0.31' },
];

interface Sent {
  readonly atUs: number;
  readonly src: string;
  readonly dst: string;
  readonly dstPort: number;
}

/** A pcap as tcpdump writes it: Ethernet, IPv4 with options, the first bytes of TCP. */
function pcapOf(packets: readonly Sent[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt32LE(1, 20);
  return Buffer.concat([header, ...packets.map(recordOf)]);
}

function recordOf(packet: Sent): Buffer {
  const bytes = Buffer.alloc(16 + 14 + 24 + 20);
  bytes.writeUInt32LE(Math.floor((T0_US + packet.atUs) / 1e6), 0);
  bytes.writeUInt32LE((T0_US + packet.atUs) % 1e6, 4);
  bytes.writeUInt32LE(bytes.length - 16, 8);
  bytes.writeUInt32LE(bytes.length - 16, 12);
  bytes.writeUInt16BE(0x0800, 16 + 12);
  bytes[30] = 0x46;
  bytes[39] = 6;
  bytes.writeUInt32BE(addressNumber(packet.src), 42);
  bytes.writeUInt32BE(addressNumber(packet.dst), 46);
  bytes.writeUInt16BE(40_000, 54);
  bytes.writeUInt16BE(packet.dstPort, 56);
  return bytes;
}

function flood(src: string | null, fromUs: number, toUs: number): CarriedOut {
  return {
    family: 'syn-flood',
    fromUs: T0_US + fromUs,
    toUs: T0_US + toUs,
    attackers: src === null ? [] : [src],
    victims: [{ ip: '10.0.0.10', port: 80 }],
    fiveTuples: [{ src, srcPort: null, dst: '10.0.0.10', dstPort: 80, protocol: 6 }],
  };
}

const toWeb = (atUs: number, src: string): Sent => ({ atUs, src, dst: '10.0.0.10', dstPort: 80 });

test('an attack begins and ends with its own packets, not with its tool', () => {
  const capture = pcapOf([
    toWeb(1_000, '10.0.0.20'),
    toWeb(5_200, '10.0.0.30'),
    { atUs: 5_300, src: '10.0.0.10', dst: '10.0.0.30', dstPort: 40_000 },
    toWeb(7_900, '10.0.0.30'),
    toWeb(9_000, '10.0.0.20'),
  ]);
  const seen = observe(capture, HOSTS, [flood('10.0.0.30', 5_000, 8_000)]);
  expect(seen).toMatchObject({ packets: 5, startUs: T0_US + 1_000, endUs: T0_US + 9_000 });
  expect(seen.attacks).toMatchObject([{ startUs: T0_US + 5_200, endUs: T0_US + 7_900, packets: 2 }]);
});

test('what the attacker sent before its attack does not count', () => {
  const capture = pcapOf([toWeb(1_000, '10.0.0.30'), toWeb(6_000, '10.0.0.30')]);
  expect(observe(capture, HOSTS, [flood('10.0.0.30', 5_000, 8_000)]).attacks).toMatchObject([{ packets: 1 }]);
});

test('packets of invented sources are those of no host', () => {
  const capture = pcapOf([toWeb(5_100, '203.0.113.1'), toWeb(5_200, '10.0.0.20'), toWeb(5_300, '198.51.100.1')]);
  expect(observe(capture, HOSTS, [flood(null, 5_000, 8_000)]).attacks).toMatchObject([{ packets: 2, attackers: [] }]);
});

test('two attackers at the same time are one attack, two waves are two', () => {
  const capture = pcapOf([
    toWeb(5_000, '10.0.0.30'),
    toWeb(5_100, '10.0.0.31'),
    toWeb(6_000, '10.0.0.30'),
    toWeb(6_100, '10.0.0.31'),
    toWeb(20_000_000, '10.0.0.30'),
  ]);
  const seen = observe(capture, HOSTS, [
    flood('10.0.0.30', 5_000, 7_000),
    flood('10.0.0.31', 5_000, 7_000),
    flood('10.0.0.30', 19_000_000, 21_000_000),
  ]);
  expect(seen.attacks).toMatchObject([
    { attackers: ['10.0.0.30', '10.0.0.31'], packets: 4, endUs: T0_US + 6_100 },
    { attackers: ['10.0.0.30'], packets: 1 },
  ]);
});

test('an attack that left no packet is an error, not a label', () => {
  const capture = pcapOf([toWeb(5_000, '10.0.0.20')]);
  expect(() => observe(capture, HOSTS, [flood('10.0.0.30', 0, 8_000)])).toThrow('syn-flood left no packet');
});

test('a file that is no capture is refused', () => {
  expect(() => observe(Buffer.from('not a capture, just some words'), HOSTS, [])).toThrow('not a little-endian pcap');
});
