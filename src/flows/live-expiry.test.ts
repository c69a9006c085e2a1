import { describe, expect, test } from 'vitest';
import { tcp, udp } from '../../test/packets/frames.ts';
import { captureOf, reportsOf, type Report } from '../../test/packets/run-capture.ts';

const CLIENT = '10.0.0.9/40000';
const SERVER = '10.0.0.2/80';
const S = 1_000_000;

const there = (flags: string, sequence = 0) => tcp({ from: CLIENT, to: SERVER, flags, sequence });
const back = (flags: string, sequence = 0) => tcp({ from: SERVER, to: CLIENT, flags, sequence });
/** Another flow, so that packet time goes on. */
const tick = (timeUs: number) => [timeUs, udp({ from: '192.0.2.1/1', to: '192.0.2.2/2' })] as const;

function reportsFor(packets: (readonly [number, Buffer])[], flows: object = {}): Report[] {
  const { reports } = reportsOf(captureOf(packets), 'live', flows);
  return reports.filter((report) => report.protocol === 6);
}

const summary = (reports: Report[]) => reports.map((report) => [report.ending, report.report, report.reportedUs / S]);

describe('an open flow', () => {
  test('is reported within a second, then at doubling ages as long as it has packets', () => {
    const packets = Array.from({ length: 200 }, (_, i) => [i * 50_000, there('A', i)] as const);
    const reports = reportsFor([...packets]);
    expect(summary(reports)).toEqual([
      ['snapshot', 0, 0.75],
      ['snapshot', 1, 2],
      ['snapshot', 2, 4],
      ['snapshot', 3, 8],
      ['end-of-capture', 4, 9.95],
    ]);
    expect(reports[1].cic('Total Fwd Packet')).toBe(40);
  });

  test('without new packets is not reported again before its end', () => {
    const reports = reportsFor([
      [0, there('S')],
      [1000, back('SA')],
      [2000, there('A')],
      ...[1, 5, 59, 61].map((s) => tick(s * S)),
    ]);
    expect(summary(reports)).toEqual([
      ['snapshot', 0, 0.75],
      ['idle', 1, 60.002],
    ]);
  });

  test('that is only half open ends after ten seconds', () => {
    const reports = reportsFor([[0, there('S')], [1000, back('SA')], tick(9 * S), tick(11 * S)]);
    expect(summary(reports)).toEqual([
      ['snapshot', 0, 0.75],
      ['idle', 1, 10.001],
    ]);
  });

  test('of a single packet is reported and ends as others do', () => {
    const reports = reportsFor([[0, there('S')], tick(2 * S), tick(11 * S)]);
    expect(summary(reports)).toEqual([
      ['snapshot', 0, 0.75],
      ['idle', 1, 10],
    ]);
  });

  test('keeps its report number when its second packet comes late', () => {
    const reports = reportsFor([[0, there('S')], tick(1 * S), [3 * S, there('S', 1)], tick(5 * S)]);
    expect(summary(reports).slice(0, 2)).toEqual([
      ['snapshot', 0, 0.75],
      ['snapshot', 1, 4],
    ]);
  });

  test('that goes on is cut after the active timeout and goes on in the same direction', () => {
    const packets = Array.from({ length: 12 }, (_, i) => [i * S, (i === 11 ? back : there)('A', i)] as const);
    const reports = reportsFor([...packets], { activeTimeoutMs: 10_000 });
    const cut = reports.find((report) => report.ending === 'timeout');
    expect(cut).toMatchObject({ startUs: 0, client: CLIENT });
    expect(reports.at(-1)).toMatchObject({ startUs: 11 * S, client: CLIENT, ending: 'end-of-capture', report: 0 });
    expect(reports.at(-1)?.cic('Total Connection Flow Time')).toBe(11 * S);
  });
});

describe('closing', () => {
  const handshake = [
    [0, there('S')],
    [10, back('SA')],
    [20, there('A')],
  ] as const;

  test('FIN both ways closes after a moment for late packets', () => {
    const reports = reportsFor([
      ...handshake,
      [100, there('FA')],
      [200, back('FA')],
      [300, there('A', 1)],
      tick(3 * S),
    ]);
    // Due at 0.5003, just after a look; the next look comes a quarter of a second later.
    expect(summary(reports)).toEqual([['closed', 0, 0.7502]]);
    expect(reports[0].cic('Total Fwd Packet')).toBe(4);
  });

  test('one FIN does not close', () => {
    const reports = reportsFor([...handshake, [100, there('FA')], tick(3 * S)]);
    expect(summary(reports)[0]).toEqual(['snapshot', 0, 0.75]);
  });

  test('RST closes, and so does a single RST', () => {
    expect(summary(reportsFor([[0, there('S')], [10, back('RA')], tick(S)]))).toEqual([['closed', 0, 0.50001]]);
    expect(summary(reportsFor([[0, there('R')], tick(S)]))).toEqual([['closed', 0, 0.5]]);
  });

  test('a SYN on the ports of a closed flow begins a new one at once', () => {
    const reports = reportsFor([[0, there('S')], [10, back('RA')], [20, there('S', 9)], [30, back('RA')], tick(S)]);
    expect(reports.map((report) => [report.ending, report.startUs])).toEqual([
      ['closed', 0],
      ['closed', 20],
    ]);
  });
});

describe('direction', () => {
  test('the sender of the SYN is the client, the sender of a first SYN+ACK the server', () => {
    expect(reportsFor([[0, there('S')]])[0]).toMatchObject({ client: CLIENT, server: SERVER });
    const [answered] = reportsFor([[0, back('SA')]]);
    expect(answered).toMatchObject({ client: CLIENT, server: SERVER });
    expect(answered.cic('Total Bwd packets')).toBe(1);
  });

  test('holds between two ports of one address', () => {
    const [flow] = reportsFor([
      [0, tcp({ from: '127.0.0.1/40000', to: '127.0.0.1/80', flags: 'S' })],
      [1, tcp({ from: '127.0.0.1/80', to: '127.0.0.1/40000', flags: 'SA' })],
    ]);
    expect(flow).toMatchObject({ client: '127.0.0.1/40000' });
    expect(flow.cic('Total Bwd packets')).toBe(1);
  });
});

describe('time', () => {
  test('of reports never decreases, whatever the order of packets', () => {
    const times = [5, 3, 4, 9, 1, 20, 12, 21, 90, 80, 91].map((s) => s * S);
    const { reports } = reportsOf(captureOf(times.map((t, i) => [t, there('A', i)] as const)), 'live');
    const reported = reports.map((report) => report.reportedUs);
    expect(reported).toEqual(reported.toSorted((a, b) => a - b));
  });

  test('that leaps by decades ends what was open and goes on', () => {
    const leap = 2e15;
    const reports = reportsFor([[0, there('S')], [leap, there('S', 1)], tick(leap + S)]);
    expect(reports.map((report) => [report.ending, report.startUs])).toEqual([
      ['snapshot', 0],
      ['idle', 0],
      ['snapshot', leap],
      ['end-of-capture', leap],
    ]);
  });

  test('set back by more than a minute ends the flows of the old time', () => {
    const reports = reportsFor([
      [500 * S, there('S')],
      [0, tcp({ from: CLIENT, to: '10.0.0.3/80', flags: 'S' })],
      tick(S),
    ]);
    expect(reports.map((report) => [report.ending, report.server, report.reportedUs / S])).toEqual([
      ['timeout', SERVER, 500],
      ['snapshot', '10.0.0.3/80', 0.75],
      ['end-of-capture', '10.0.0.3/80', 1],
    ]);
  });
});
