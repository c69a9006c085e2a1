import { describe, expect, test } from 'vitest';
import { pcap, START_US, type TimedFrame } from '../../test/packets/captures.ts';
import { tcp, udp } from '../../test/packets/frames.ts';
import { reportsOf } from '../../test/packets/run-capture.ts';
import { cookedV2Of } from '../../test/packets/tunnels.ts';

const COOKED_V2 = { linkType: 276 };
const IPV4 = 0x0800;
const VETH = 70_001;
const BRIDGE = 4;
const NIC = 2;

interface Sighting {
  readonly us: number;
  readonly packet: Buffer;
  /** Where it is seen, one after another. */
  readonly on: readonly number[];
}

function capture(sightings: readonly Sighting[]): Buffer {
  const frames = sightings.flatMap(({ us, packet, on }): TimedFrame[] =>
    on.map((index, hop) => ({ timeUs: START_US + us + hop * 7, frame: cookedV2Of(IPV4, packet, index) })),
  );
  return pcap(frames, COOKED_V2);
}

const out = (us: number, on: readonly number[], more: object = {}): Sighting => ({
  us,
  on,
  packet: tcp({ from: '10.1.0.5/40000', to: '10.0.0.1/80', sequence: us, payload: 10, ...more }),
});
const back = (us: number, on: readonly number[]): Sighting => ({
  us,
  on,
  packet: tcp({ from: '10.0.0.1/80', to: '10.1.0.5/40000', sequence: us, payload: 100 }),
});

describe.each(['cic', 'live'] as const)('with %s expiry', (expiry) => {
  test('a packet on its way over veth, bridge and NIC counts once, in either direction', () => {
    const conversation = (outward: readonly number[], inward: readonly number[]): Sighting[] => [
      out(0, outward, { flags: 'S', payload: 0 }),
      back(1000, inward),
      out(2000, outward),
      out(2000, outward), // a repeat on the wire is no duplicate
      back(3000, inward),
      out(130_000_000, outward), // the next part of the flow
      back(130_001_000, inward),
    ];
    const once = reportsOf(capture(conversation([VETH], [NIC])), expiry);
    const thrice = reportsOf(capture(conversation([VETH, BRIDGE, NIC], [NIC, BRIDGE, VETH])), expiry);

    const cells = ({ reports }: typeof once) =>
      reports.map(({ cic, client, ending }) => [
        client,
        ending,
        cic('Total Fwd Packet'),
        cic('Total Bwd packets'),
        cic('Flow Duration'),
        cic('Fwd TCP Retrans. Count'),
      ]);
    expect(cells(thrice)).toEqual(cells(once));
    expect(once.stats.drops).toEqual({});
    expect(thrice.stats).toMatchObject({ packets: 21, drops: { duplicate: 14 } });
  });

  test('an interface that shows the flow no more gives way to another', () => {
    const { reports, stats } = reportsOf(
      capture([
        out(0, [VETH, NIC]),
        out(500_000, [VETH, NIC]),
        out(900_000, [NIC]),
        out(2_000_000, [NIC]),
        out(2_100_000, [NIC]),
      ]),
      expiry,
    );
    expect(reports.at(-1)?.cic('Total Fwd Packet')).toBe(4);
    expect(stats.drops).toEqual({ duplicate: 3 });
  });

  test('a flow of one packet that is seen twice stays a flow of one packet', () => {
    const packet = udp({ from: '10.1.0.5/40000', to: '10.0.0.1/53', payload: 30 });
    const { reports, stats } = reportsOf(capture([{ us: 0, packet, on: [VETH, NIC] }]), expiry);
    expect(reports.at(-1)?.cic('Total Fwd Packet')).toBe(1);
    expect(stats).toMatchObject({ packets: 2, drops: { duplicate: 1 } });
  });
});

test('frames that do not name their interface are never duplicates', () => {
  const { reports, stats } = reportsOf(capture([out(0, [0, 0]), out(10, [0])]), 'cic');
  expect(reports[0].cic('Total Fwd Packet')).toBe(3);
  expect(stats.drops).toEqual({});
});
