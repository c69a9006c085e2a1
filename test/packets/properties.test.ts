/** What holds for any traffic. A failure shrinks to few packets of one seed. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { block, enhancedPacket, interfaceBlock, pcap, section, type TimedFrame } from './captures.ts';
import { createCollector, feed, parserInto } from './collect-reports.ts';
import { flowRowsOf, type Row } from './flow-rows.ts';
import { createChance } from './random.ts';
import { randomTraffic, type Traffic, type TrafficOptions } from './random-traffic.ts';
import { parseFrame, type ReferencePacket } from './reference-packets.ts';
import { reportsOf } from './run-capture.ts';

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const runs = { seed: 1, numRuns: 25 };

/** Any of the packets of one seed, in their order. */
function trafficOf(options: TrafficOptions = {}): fc.Arbitrary<Traffic> {
  return seeds.chain((seed) => {
    const { linkType, frames } = randomTraffic(createChance(seed), options);
    return fc.subarray([...frames], { minLength: 1 }).map((some) => ({ linkType, frames: some }));
  });
}

const captureOfTraffic = ({ linkType, frames }: Traffic): Buffer => pcap(frames, { linkType });
const linesOf = (rows: readonly Row[]): string[] => rows.map((row) => Object.values(row).join()).toSorted();

/** All reports of one capture, read at once, in no order. */
function reportLines(traffic: Traffic, expiry: 'cic' | 'live', flows: object = {}): string[] {
  const { table, lines } = createCollector(expiry, flows);
  feed(parserInto(table), captureOfTraffic(traffic), [Infinity]);
  table.finish();
  return lines.toSorted();
}

function packetOf(linkType: number, { frame, timeUs, wireLength }: TimedFrame): ReferencePacket | null {
  return parseFrame(frame, linkType, timeUs, wireLength);
}

function keyOf(packet: ReferencePacket | null): string {
  if (packet === null) return 'unused';
  const ends = [`${packet.source}/${packet.sourcePort}`, `${packet.destination}/${packet.destinationPort}`];
  return [...ends.toSorted(), packet.protocol].join(' ');
}

describe('direction', () => {
  test('follows who sends first: with all sources and destinations exchanged, so are the ends of the flows', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const withEnds = ({ from, to }: { from: string; to: string }) => ({ from: to, to: from });
        const usual = flowRowsOf(captureOfTraffic(randomTraffic(createChance(seed))));
        const turned = flowRowsOf(captureOfTraffic(randomTraffic(createChance(seed), { withEnds })));
        expect(linesOf(turned.rows.map(exchangeEnds))).toEqual(linesOf(usual.rows));
        expect(turned.drops).toEqual(usual.drops);
      }),
      runs,
    );
  });

  test('does not depend on which end has the lower address or port', () => {
    const withEnds = ({ from, to }: { from: string; to: string }) => ({ from: mirrored(from), to: mirrored(to) });
    fc.assert(
      fc.property(seeds, (seed) => {
        const usual = flowRowsOf(captureOfTraffic(randomTraffic(createChance(seed))));
        const mirror = flowRowsOf(captureOfTraffic(randomTraffic(createChance(seed), { withEnds })));
        expect(linesOf(mirror.rows)).toEqual(linesOf(usual.rows.map(mirrorEnds)));
      }),
      runs,
    );
  });
});

/** All bits of each address turned over. */
const MIRRORED_HOSTS: Readonly<Record<string, string>> = {
  '10.0.0.9': '245.255.255.246',
  '10.0.0.2': '245.255.255.253',
  '200.1.2.3': '55.254.253.252',
  '127.0.0.1': '128.255.255.254',
  'fd00::9': '2ff:ffff:ffff:ffff:ffff:ffff:ffff:fff6',
  'fd00::2': '2ff:ffff:ffff:ffff:ffff:ffff:ffff:fffd',
  '2001:db8:0:1::1': 'dffe:f247:ffff:fffe:ffff:ffff:ffff:fffe',
  '::1': 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe',
};

function mirrored(end: string): string {
  const [host, port] = end.split('/');
  return `${MIRRORED_HOSTS[host]}/${65_535 - Number(port)}`;
}

function mirrorEnds(row: Row): Row {
  const hasPorts = ['6', '17', '132'].includes(row['Protocol']);
  const [source, destination, sourcePort, destinationPort, protocol] = row['Flow ID'].split('-');
  const port = (text: string): string => (hasPorts ? String(65_535 - Number(text)) : text);
  const hosts = [MIRRORED_HOSTS[source], MIRRORED_HOSTS[destination]];
  return {
    ...row,
    'Flow ID': [...hosts, port(sourcePort), port(destinationPort), protocol].join('-'),
    'Src IP': MIRRORED_HOSTS[row['Src IP']],
    'Src Port': port(row['Src Port']),
    'Dst IP': MIRRORED_HOSTS[row['Dst IP']],
    'Dst Port': port(row['Dst Port']),
  };
}

function exchangeEnds(row: Row): Row {
  const [source, destination, sourcePort, destinationPort, protocol] = row['Flow ID'].split('-');
  return {
    ...row,
    'Flow ID': [destination, source, destinationPort, sourcePort, protocol].join('-'),
    'Src IP': row['Dst IP'],
    'Src Port': row['Dst Port'],
    'Dst IP': row['Src IP'],
    'Dst Port': row['Src Port'],
  };
}

describe.each(['cic', 'live'] as const)('with %s expiry', (expiry) => {
  test('a capture in two files, cut before any packet, gives the flows of the whole', () => {
    fc.assert(
      fc.property(trafficOf(), fc.nat(), ({ linkType, frames }, cut) => {
        const at = cut % (frames.length + 1);
        const { table, lines } = createCollector(expiry);
        for (const part of [frames.slice(0, at), frames.slice(at)]) {
          feed(parserInto(table), captureOfTraffic({ linkType, frames: part }), [Infinity]);
        }
        table.finish();
        expect(lines.toSorted()).toEqual(reportLines({ linkType, frames }, expiry));
      }),
      runs,
    );
  });

  test('a capture may come in pieces of any lengths', () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(trafficOf(), pieces, fc.boolean(), (traffic, lengths, isNextGeneration) => {
        const { table, lines } = createCollector(expiry);
        const parser = parserInto(table);
        feed(parser, isNextGeneration ? pcapngOf(traffic) : captureOfTraffic(traffic), lengths);
        expect(parser.end()).toEqual({ cut: false });
        table.finish();
        expect(lines.toSorted()).toEqual(reportLines(traffic, expiry));
      }),
      runs,
    );
  });

  test('packets of one moment may come in any order, as long as those of one flow keep theirs', () => {
    fc.assert(
      fc.property(trafficOf({ conversations: 6 }), seeds, ({ linkType, frames }, seed) => {
        // Many packets share a moment when time counts in quarters of a minute.
        const coarse = frames.map((each) => ({ ...each, timeUs: Math.floor(each.timeUs / 15e6) * 15e6 }));
        const shuffled = shuffleMoments(linkType, coarse, seed);
        expect(reportLines({ linkType, frames: shuffled }, expiry)).toEqual(
          reportLines({ linkType, frames: coarse }, expiry),
        );
      }),
      runs,
    );
  });

  test.each([
    ['tables with room', false, {}],
    ['tables that overflow', true, { capacity: 16, seeds: 16 }],
  ])('with %s, packets and bytes of all flows and drops are those of the capture', (_, overflows, flows) => {
    let evicted = 0;
    fc.assert(
      fc.property(trafficOf({ conversations: 100 }), (traffic) => {
        const used = traffic.frames.map((frame) => packetOf(traffic.linkType, frame)).filter((each) => each !== null);
        const { reports, stats } = reportsOf(captureOfTraffic(traffic), expiry, flows);
        const final = reports.filter((report) => report.ending !== 'snapshot');
        const total = (column: Parameters<(typeof final)[number]['cic']>[0]): number =>
          final.reduce((sum, report) => sum + report.cic(column), 0);
        const drops = Object.values(stats.drops).reduce((sum, count) => sum + count, 0);
        expect(stats.packets).toBe(traffic.frames.length);
        expect(stats.bytes).toBe(traffic.frames.reduce((sum, each) => sum + (each.wireLength ?? each.frame.length), 0));
        expect(total('Total Fwd Packet') + total('Total Bwd packets')).toBe(used.length);
        expect(used.length + drops).toBe(stats.packets);
        expect(total('Total Length of Fwd Packet') + total('Total Length of Bwd Packet')).toBe(
          used.reduce((sum, packet) => sum + packet.payload, 0),
        );
        expect(stats).toMatchObject({ flowsOpen: 0, flowsReported: reports.length });
        evicted += stats.flowsEvicted;
      }),
      // Seventeen flows at once are rare among these few ends.
      { ...runs, numRuns: overflows ? 300 : runs.numRuns },
    );
    expect(evicted > 0).toBe(overflows);
  });
});

test('with cic expiry the flows of two ends depend on no packets but theirs', () => {
  fc.assert(
    fc.property(trafficOf({ conversations: 6 }), ({ linkType, frames }) => {
      const alone = [...Map.groupBy(frames, (frame) => keyOf(packetOf(linkType, frame))).values()];
      const rows = alone.flatMap((some) => flowRowsOf(pcap(some, { linkType })).rows);
      expect(linesOf(rows)).toEqual(linesOf(flowRowsOf(pcap(frames, { linkType })).rows));
    }),
    { ...runs, numRuns: 15 },
  );
});

test('a capture cut in two at any byte is read as if it were whole', () => {
  const traffic = randomTraffic(createChance(14));
  for (const [bytes, some] of [
    [captureOfTraffic(traffic), traffic],
    [pcapngOf(traffic), traffic],
  ] as const) {
    const whole = reportLines(some, 'cic');
    for (let at = 1; at < bytes.length; at++) {
      const { table, lines } = createCollector('cic', { capacity: 16, seeds: 64 });
      feed(parserInto(table), bytes, [at, Infinity]);
      table.finish();
      expect(lines.toSorted(), `cut at byte ${at}`).toEqual(whole);
    }
  }
});

function pcapngOf({ linkType, frames }: Traffic): Buffer {
  const packets = frames.map(({ frame, timeUs, wireLength }) => {
    const packet = enhancedPacket(0, BigInt(timeUs), frame);
    packet.writeUInt32LE(wireLength ?? frame.length, 24);
    return Buffer.concat([packet, block(5, Buffer.alloc(8))]);
  });
  return Buffer.concat([section(), interfaceBlock(linkType), ...packets]);
}

/** Runs of packets of one time in another order, packets of one flow in the order they had. */
function shuffleMoments(linkType: number, frames: readonly TimedFrame[], seed: number): TimedFrame[] {
  const chance = createChance(seed);
  const shuffled: TimedFrame[] = [];
  for (let start = 0; start < frames.length;) {
    let end = start;
    while (end < frames.length && frames[end].timeUs === frames[start].timeUs) end++;
    const queues = [...Map.groupBy(frames.slice(start, end), (each) => keyOf(packetOf(linkType, each))).values()];
    while (queues.length > 0) {
      const queue = chance.pick(queues);
      const next = queue.shift();
      if (next === undefined) queues.splice(queues.indexOf(queue), 1);
      else shuffled.push(next);
    }
    start = end;
  }
  return shuffled;
}
