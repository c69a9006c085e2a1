import { describe, expect, test } from 'vitest';
import { icmp, tcp, udp } from '../../test/packets/frames.ts';
import { captureOf, reportsOf, type Report } from '../../test/packets/run-capture.ts';

const CLIENT = '10.0.0.9/40000';
const SERVER = '10.0.0.2/80';
const S = 1_000_000;

type Options = Omit<Parameters<typeof tcp>[0], 'from' | 'to'>;
const there = (flags: string, options: Options = {}) => tcp({ from: CLIENT, to: SERVER, flags, ...options });
const back = (flags: string, options: Options = {}) => tcp({ from: SERVER, to: CLIENT, flags, ...options });

function flowsOf(...packets: (readonly [number, Buffer])[]): Report[] {
  const { reports, stats } = reportsOf(captureOf(packets), 'cic');
  expect(stats.drops).toEqual({});
  return reports.toSorted((a, b) => a.startUs - b.startUs);
}

describe('what ends a flow', () => {
  test('FIN both ways and the last ACK make ready, the next SYN begins a new flow', () => {
    const flows = flowsOf(
      [0, there('S')],
      [1, there('FA')],
      [2, back('FA')],
      [3, there('A')],
      [4, there('A')],
      [5, there('S')],
    );
    expect(flows.map((flow) => [flow.startUs, flow.cic('Total Fwd Packet'), flow.ending])).toEqual([
      [0, 4, 'closed'],
      [5, 1, 'end-of-capture'],
    ]);
  });

  test('two FINs the same way do not make ready', () => {
    const flows = flowsOf([0, there('S')], [1, there('FA')], [2, there('FA')], [3, back('A')], [4, there('S')]);
    expect(flows).toHaveLength(1);
    expect(flows[0].cic('FIN Flag Count')).toBe(2);
  });

  test('RST makes ready, and a SYN from the other side turns the flow around', () => {
    const flows = flowsOf([0, there('S')], [1, back('RA')], [2, back('S')]);
    expect(flows.map((flow) => flow.client)).toEqual([CLIENT, SERVER]);
    expect(flows[0].cic('Bwd RST Flags')).toBe(1);
  });

  test('a first packet that is RST or FIN does not count for closing', () => {
    expect(flowsOf([0, there('R')], [1, there('S')])).toHaveLength(1);
    expect(flowsOf([0, there('FA')], [1, back('FA')], [2, there('A')], [3, there('S')])).toHaveLength(1);
  });

  test('120 seconds exactly do not end a flow, one microsecond more does', () => {
    expect(flowsOf([0, there('A')], [120 * S, there('A')])).toHaveLength(1);
    expect(flowsOf([0, there('A')], [120 * S + 1, there('A')])).toHaveLength(2);
  });

  test('ICMP of another type and code begins a new flow from its sender, of another type alone it does not', () => {
    const ping = (type: number, code: number, forward: boolean) =>
      icmp({ from: forward ? '10.0.0.1' : '10.0.0.2', to: forward ? '10.0.0.2' : '10.0.0.1', type, code });
    const flows = flowsOf([0, ping(8, 0, true)], [1, ping(0, 0, false)], [2, ping(3, 1, false)]);
    expect(flows.map((flow) => [flow.client, flow.cic('ICMP Type'), flow.cic('ICMP Code')])).toEqual([
      ['10.0.0.1/0', 8, 0],
      ['10.0.0.2/0', 3, 1],
    ]);
    expect(flows[0].cic('Total Bwd packets')).toBe(1);
  });
});

describe('connections that outlast a flow', () => {
  test('TCP keeps its direction, its time and its known segments', () => {
    const flows = flowsOf(
      [0, there('A', { sequence: 5 })],
      [2 * S, back('A', { sequence: 9 })],
      [121 * S, back('A', { sequence: 9 })],
      [122 * S, there('A', { sequence: 5 })],
    );
    expect(flows.map((flow) => flow.client)).toEqual([CLIENT, CLIENT]);
    expect(flows.map((flow) => flow.cic('Total Connection Flow Time'))).toEqual([2 * S, 122 * S]);
    expect(flows[1].cic('Fwd TCP Retrans. Count')).toBe(1);
    expect(flows[1].cic('Bwd TCP Retrans. Count')).toBe(1);
    expect(flows[1].cic('FWD Init Win Bytes')).toBe(0);
    expect(flows[1].cic('Fwd Seg Size Min')).toBe(0);
    expect(flows[1].cic('Bwd Seg Size Min')).toBe(20);
  });

  test('UDP keeps its direction after up to 120 seconds of silence', () => {
    const ask = udp({ from: CLIENT, to: SERVER, payload: 1 });
    const answer = udp({ from: SERVER, to: CLIENT, payload: 1 });
    const kept = flowsOf([0, ask], [60 * S, ask], [180 * S, answer]);
    expect(kept.map((flow) => flow.client)).toEqual([CLIENT, CLIENT]);
    expect(kept[1].cic('Total Connection Flow Time')).toBe(180 * S);
    const turned = flowsOf([0, ask], [60 * S, ask], [180 * S + 1, answer]);
    expect(turned.map((flow) => flow.client)).toEqual([CLIENT, SERVER]);
    expect(turned[1].cic('Total Connection Flow Time')).toBe(0);
  });
});

describe('direction', () => {
  test('a first SYN+ACK comes from the server', () => {
    const [flow] = flowsOf([0, back('SA', { window: 77 })], [1, there('A')]);
    expect(flow).toMatchObject({ client: CLIENT, server: SERVER });
    expect(flow.cic('Total Bwd packets')).toBe(1);
    expect(flow.cic('Bwd Init Win Bytes')).toBe(77);
  });

  test('without a SYN the first sender is the client', () => {
    expect(flowsOf([0, back('A')], [1, there('A')])[0].client).toBe(SERVER);
  });

  test('between two ports of one address everything is forward', () => {
    const [flow] = flowsOf(
      [0, tcp({ from: '127.0.0.1/9', to: '127.0.0.1/8', flags: 'S' })],
      [1, tcp({ from: '127.0.0.1/8', to: '127.0.0.1/9', flags: 'SA' })],
    );
    expect(flow.cic('Total Fwd Packet')).toBe(2);
  });
});

describe('columns', () => {
  test('lengths, gaps and rates of a short flow', () => {
    const [flow] = flowsOf(
      [0, there('PA', { payload: 10 })],
      [100, back('PA', { payload: 40 })],
      [400, there('PUA', { payload: 30, headerBytes: 32 })],
      [1000, there('A')],
    );
    const expected = {
      'Flow Duration': 1000,
      'Total Length of Fwd Packet': 40,
      'Fwd Packet Length Max': 30,
      'Fwd Packet Length Min': 0,
      'Fwd Packet Length Mean': 40 / 3,
      'Fwd Packet Length Std': Math.sqrt((10 ** 2 + 30 ** 2 - 40 ** 2 / 3) / 2),
      'Bwd Packet Length Std': 0,
      'Flow Bytes/s': 80_000,
      'Flow Packets/s': 4000,
      'Flow IAT Mean': 1000 / 3,
      'Flow IAT Std': Math.sqrt((100 ** 2 + 300 ** 2 + 600 ** 2 - 1000 ** 2 / 3) / 2),
      'Flow IAT Max': 600,
      'Flow IAT Min': 100,
      'Fwd IAT Total': 1000,
      'Fwd IAT Mean': 500,
      'Fwd IAT Std': Math.sqrt(20_000),
      'Bwd IAT Total': 0,
      'Fwd PSH Flags': 2,
      'Bwd PSH Flags': 1,
      'Fwd URG Flags': 1,
      'URG Flag Count': 1,
      'Fwd Header Length': 72,
      'Bwd Header Length': 20,
      'Packet Length Min': 0,
      'Packet Length Max': 40,
      'Packet Length Mean': 20,
      'Packet Length Variance': 1000 / 3,
      'Down/Up Ratio': 1 / 3,
      'Average Packet Size': 20,
      'Fwd Act Data Pkts': 2,
      'Bwd Act Data Pkts': 1,
      'Fwd Seg Size Min': 20,
      'Bwd Seg Size Min': 0,
      'ICMP Type': -1,
    } as const;
    for (const [column, value] of Object.entries(expected)) {
      expect(flow.cic(column as keyof typeof expected), column).toBeCloseTo(value, 9);
    }
  });

  test('a single packet has rates of -1 and no deviation', () => {
    const [flow] = flowsOf([0, there('S')]);
    expect(flow.cic('Flow Bytes/s')).toBe(-1);
    expect(flow.cic('Flow Packets/s')).toBe(-1);
    expect(flow.cic('Fwd Packets/s')).toBe(0);
    expect(flow.cic('Packet Length Std')).toBe(0);
  });

  test('four data packets in a row make a bulk, later ones extend it, the other side ends it', () => {
    const data = (timeUs: number, forward = true) =>
      [timeUs, (forward ? there : back)('PA', { payload: 100, sequence: timeUs })] as const;
    const [flow] = flowsOf(
      ...[0, 10, 20, 30, 40].map((timeUs) => data(timeUs)),
      data(50, false),
      ...[60, 70, 80].map((timeUs) => data(timeUs)),
    );
    expect(flow.cic('Fwd Bytes/Bulk Avg')).toBe(500);
    expect(flow.cic('Fwd Packet/Bulk Avg')).toBe(5);
    expect(flow.cic('Fwd Bulk Rate Avg')).toBeCloseTo(500 / 40e-6, 3);
    expect(flow.cic('Bwd Bytes/Bulk Avg')).toBe(0);
  });

  test('a bulk ends with more than a second of silence; empty packets do not count in it', () => {
    const data = (timeUs: number) => [timeUs, there('PA', { payload: 1, sequence: timeUs })] as const;
    const [flow] = flowsOf(data(0), data(1), data(2), [3, there('A')], data(S + 3), data(S + 4));
    expect(flow.cic('Fwd Packet/Bulk Avg')).toBe(0);
    const [kept] = flowsOf(data(0), data(1), data(2), [3, there('A')], data(S + 2));
    expect(kept.cic('Fwd Packet/Bulk Avg')).toBe(4);
  });

  test('subflows are parted by more than a second, active periods by more than five', () => {
    const at = (timeUs: number) => [timeUs, there('A', { payload: 2, sequence: timeUs })] as const;
    const [flow] = flowsOf(at(0), at(1 * S), at(2 * S + 1), at(7 * S + 2), at(7 * S + 9), at(20 * S));
    expect(flow.cic('Subflow Fwd Packets')).toBe(6 / 3);
    expect(flow.cic('Subflow Fwd Bytes')).toBe(12 / 3);
    expect(flow.cic('Active Mean')).toBe((2 * S + 1 + 7) / 2);
    expect(flow.cic('Active Std')).toBeCloseTo((2 * S + 1 - 7) / Math.SQRT2, 3);
    expect(flow.cic('Active Max')).toBe(2 * S + 1);
    expect(flow.cic('Idle Mean')).toBe((5 * S + 1 + 13 * S - 9) / 2);
    expect(flow.cic('Idle Min')).toBe(5 * S + 1);
  });

  test('an active period without length is not counted', () => {
    const [flow] = flowsOf([0, there('A')], [6 * S, there('A', { sequence: 1 })]);
    expect(flow.cic('Active Mean')).toBe(0);
    expect(flow.cic('Idle Mean')).toBe(6 * S);
  });

  test('a window counts on the first packet, the other side with the first that is not 0', () => {
    const [flow] = flowsOf(
      [0, there('S', { window: 0 })],
      [1, back('SA', { window: 0 })],
      [2, there('A', { window: 9 })],
      [3, back('A', { window: 5, sequence: 1 })],
      [4, back('A', { window: 6, sequence: 2 })],
    );
    expect(flow.cic('FWD Init Win Bytes')).toBe(0);
    expect(flow.cic('Bwd Init Win Bytes')).toBe(5);
  });

  test('repeated segments count in their direction, late new ones do not', () => {
    const [flow] = flowsOf(
      [0, there('A', { sequence: 100, payload: 10 })],
      [1, there('A', { sequence: 300, payload: 10 })],
      [2, there('A', { sequence: 200, payload: 10 })],
      [3, there('A', { sequence: 200, payload: 10 })],
      [4, there('A', { sequence: 100, payload: 10 })],
      [5, there('A', { sequence: 100, payload: 11 })],
      [6, back('A', { sequence: 100, payload: 10 })],
      [7, back('A', { sequence: 100, payload: 10 })],
    );
    expect(flow.cic('Fwd TCP Retrans. Count')).toBe(2);
    expect(flow.cic('Bwd TCP Retrans. Count')).toBe(1);
    expect(flow.cic('Total TCP Retrans. Count')).toBe(3);
  });

  test('IPv6 has the same units as IPv4', () => {
    const [flow] = flowsOf(
      [0, tcp({ from: 'fd00::9/40000', to: 'fd00::2/80', flags: 'S' })],
      [250, tcp({ from: 'fd00::2/80', to: 'fd00::9/40000', flags: 'SA' })],
    );
    expect(flow).toMatchObject({ client: 'fd00::9/40000', server: 'fd00::2/80', protocol: 6 });
    expect(flow.cic('Flow Duration')).toBe(250);
    expect(flow.cic('SYN Flag Count')).toBe(2);
  });

  test('time that goes backwards gives no value that is not a number', () => {
    const [flow] = flowsOf([5000, there('A')], [0, there('A', { sequence: 1 })], [9000, back('A')]);
    expect(flow.cic('Flow IAT Min')).toBe(-5000);
    expect(flow.cic('Flow Duration')).toBe(4000);
    expect(Number.isFinite(flow.cic('Flow IAT Std'))).toBe(true);
  });
});
