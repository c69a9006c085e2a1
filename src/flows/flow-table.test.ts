import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pcap, START_US } from '../../test/packets/captures.ts';
import { ethernet, icmp, tcp, udp } from '../../test/packets/frames.ts';
import { captureOf, reportsOf, type Report } from '../../test/packets/run-capture.ts';

const SMALL = { capacity: 16, seeds: 16 };

const packetsIn = (reports: readonly Report[]): number =>
  reports
    .filter((report) => report.ending !== 'snapshot')
    .reduce((sum, report) => sum + report.cic('Total Fwd Packet') + report.cic('Total Bwd packets'), 0);

describe('under pressure', () => {
  test('flows of one packet give way to newer ones, and say so', () => {
    const flood = Array.from(
      { length: 1000 },
      (_, i) => [i, tcp({ from: `10.1.${i >> 8}.${i & 255}/7`, to: '10.0.0.1/80', flags: 'S' })] as const,
    );
    const { reports, stats } = reportsOf(captureOf(flood), 'live', SMALL);
    expect(reports).toHaveLength(1000);
    expect(stats.flowsEvicted).toBe(984);
    expect(reports.filter((report) => report.ending === 'evicted')).toHaveLength(984);
  });

  test('a flow of many packets outlives flows of few', () => {
    const busy = (i: number) => [i, tcp({ from: '10.0.0.5/5', to: '10.0.0.1/80', sequence: i })] as const;
    const few = (i: number) =>
      [i, tcp({ from: `10.1.0.${i >> 1}/7`, to: '10.0.0.1/80', flags: 'S', sequence: i })] as const;
    const packets = [...[0, 1, 2, 3, 4].map(busy), ...Array.from({ length: 400 }, (_, i) => few(i + 5)), busy(1000)];
    const { reports } = reportsOf(captureOf(packets), 'cic', SMALL);
    const [flow] = reports.filter((report) => report.client === '10.0.0.5/5');
    expect(flow).toMatchObject({ ending: 'end-of-capture' });
    expect(flow.cic('Total Fwd Packet')).toBe(6);
    expect(packetsIn(reports)).toBe(packets.length);
  });

  test('IPv6 addresses are given back with their flows', () => {
    const ends = (i: number) => ({ from: `fd00::${(i + 1).toString(16)}/7`, to: 'fd00::ffff/80' });
    const packets = Array.from(
      { length: 3000 },
      (_, i) => [i, tcp({ ...ends(i % 1500), flags: 'S', sequence: i })] as const,
    );
    const { reports, stats } = reportsOf(captureOf(packets), 'live', SMALL);
    expect(packetsIn(reports)).toBe(3000);
    expect(new Set(reports.map((report) => report.client)).size).toBe(1500);
    expect(stats.flowsOpen).toBe(0);
  });
});

/** Packets among few ends, so that flows meet, close, are split and evicted. */
const anyPacket = fc.record({
  gapUs: fc.oneof(fc.integer({ min: -5000, max: 2_000_000 }), fc.constantFrom(0, 61_000_000, 125_000_000)),
  kind: fc.constantFrom('tcp', 'tcp', 'tcp', 'udp', 'icmp', 'arp'),
  client: fc.integer({ min: 1, max: 40 }),
  server: fc.integer({ min: 1, max: 3 }),
  ipv6: fc.boolean(),
  isAnswer: fc.boolean(),
  flags: fc.constantFrom('S', 'SA', 'A', 'PA', 'FA', 'R', 'RA', 'FSRPAUEC', ''),
  payload: fc.integer({ min: 0, max: 1400 }),
  sequence: fc.integer({ min: 0, max: 5 }),
});
type AnyPacket = typeof anyPacket extends fc.Arbitrary<infer T> ? T : never;

function frameOf(packet: AnyPacket): Buffer {
  const base = packet.ipv6 ? ['fd00::', 'fd01::'] : ['10.0.0.', '10.9.0.'];
  const hosts = [`${base[0]}${packet.client}`, `${base[1]}${packet.server}`];
  const [from, to] = packet.isAnswer ? hosts.toReversed() : hosts;
  if (packet.kind === 'arp') return Buffer.concat([Buffer.alloc(12), Buffer.from([8, 6]), Buffer.alloc(28)]);
  if (packet.kind === 'icmp') return ethernet(icmp({ from, to, type: packet.sequence, code: packet.payload % 3 }));
  const ports = packet.isAnswer ? [80, 5000] : [5000, 80];
  const ends = { from: `${from}/${ports[0]}`, to: `${to}/${ports[1]}`, payload: packet.payload };
  return ethernet(packet.kind === 'udp' ? udp(ends) : tcp({ ...ends, flags: packet.flags, sequence: packet.sequence }));
}

function captureOfAny(packets: readonly AnyPacket[]): Buffer {
  let timeUs = START_US;
  return pcap(packets.map((packet) => ({ timeUs: (timeUs += packet.gapUs), frame: frameOf(packet) })));
}

describe('properties', () => {
  test.each(['cic', 'live'] as const)('with %s expiry every packet is in one flow or in one counted drop', (expiry) => {
    fc.assert(
      fc.property(fc.array(anyPacket, { minLength: 1, maxLength: 150 }), (packets) => {
        const { reports, stats } = reportsOf(captureOfAny(packets), expiry, SMALL);
        const drops = Object.values(stats.drops).reduce((sum, count) => sum + count, 0);
        expect(stats.packets).toBe(packets.length);
        expect(packetsIn(reports) + drops).toBe(packets.length);
        expect(stats.flowsReported).toBe(reports.length);
        expect(stats.flowsOpen).toBe(0);
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  test('all values are finite numbers', () => {
    fc.assert(
      fc.property(fc.array(anyPacket, { minLength: 1, maxLength: 60 }), (packets) => {
        const { reports } = reportsOf(captureOfAny(packets), 'cic', SMALL);
        for (const report of reports) {
          expect(Number.isFinite(report.cic('Flow IAT Std'))).toBe(true);
          expect(Number.isFinite(report.cic('Packet Length Std'))).toBe(true);
          expect(Number.isFinite(report.cic('Flow Bytes/s'))).toBe(true);
        }
      }),
      { seed: 11, numRuns: 30 },
    );
  });

  test('swapping the ends of every packet swaps nothing but the ends', () => {
    fc.assert(
      fc.property(fc.array(anyPacket, { minLength: 1, maxLength: 60 }), (packets) => {
        const swapped = packets.map((packet) => ({ ...packet, isAnswer: !packet.isAnswer }));
        const sums = (list: readonly AnyPacket[]) =>
          reportsOf(captureOfAny(list), 'cic')
            .reports.map((report) =>
              [
                report.startUs,
                report.cic('Flow Duration'),
                report.cic('Total Fwd Packet'),
                report.cic('Flow IAT Std'),
              ].join(),
            )
            .toSorted();
        expect(sums(swapped)).toEqual(sums(packets));
      }),
      { seed: 13, numRuns: 30 },
    );
  });
});

test('damaged packets end in a flow or a counted drop, and never in an error', () => {
  const frames = ['tcp', 'udp', 'icmp'].flatMap((kind) =>
    [false, true].map((ipv6) =>
      frameOf({
        gapUs: 0,
        kind: kind as 'tcp',
        client: 1,
        server: 1,
        ipv6,
        isAnswer: false,
        flags: 'S',
        payload: 20,
        sequence: 1,
      }),
    ),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(5), fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 4 }), fc.nat(120)), {
        minLength: 50,
        maxLength: 100,
      }),
      (damages) => {
        const damaged = damages.map(([which, bytes, cut]) => {
          const frame = Buffer.from(frames[which]);
          for (const [at, value] of bytes) frame[at % frame.length] = value;
          return { timeUs: START_US, frame: frame.subarray(0, cut), wireLength: frame.length };
        });
        const { reports, stats } = reportsOf(pcap(damaged), 'cic', SMALL);
        const drops = Object.values(stats.drops).reduce((sum, count) => sum + count, 0);
        expect(packetsIn(reports) + drops).toBe(damaged.length);
      },
    ),
    { seed: 17, numRuns: 30 },
  );
});
