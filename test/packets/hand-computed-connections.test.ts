/** Captures small enough to work their flows out by hand: what happens over time within a connection. */
import { describe, expect, test } from 'vitest';
import { expectCells } from './expect-cells.ts';
import { flowRowsOf, type Row } from './flow-rows.ts';
import { tcp, udp } from './frames.ts';
import { captureOf } from './run-capture.ts';

const S = 1_000_000;
const CLIENT = '10.0.0.9/40000';
const SERVER = '10.0.0.2/80';

type Options = Omit<Parameters<typeof tcp>[0], 'from' | 'to'>;
let segment = 0;
/** Each with a sequence number of its own, unless one is given. */
const there = (timeUs: number, options: Options = {}) =>
  [timeUs, tcp({ from: CLIENT, to: SERVER, sequence: ++segment * 10_000, ...options })] as const;
const back = (timeUs: number, options: Options = {}) =>
  [timeUs, tcp({ from: SERVER, to: CLIENT, sequence: ++segment * 10_000, ...options })] as const;

const rowsOfPackets = (...packets: (readonly [number, Buffer])[]): Row[] => flowRowsOf(captureOf(packets)).rows;

describe('bulks', () => {
  test('of both directions are counted apart, each with its bytes, packets and time', () => {
    const [row] = rowsOfPackets(
      // Forward: 4 packets of 100, 200, 300, 400 in 30 us make a bulk; the fifth adds 50 bytes and 20 us.
      ...[100, 200, 300, 400].map((payload, i) => there(i * 10, { payload })),
      there(50, { payload: 50 }),
      // Backward: 6 packets of 10 in 500 us, the first before anything else interrupts: packets without data do not.
      ...[0, 1, 2].map((i) => back(100 + i * 100, { payload: 10 })),
      there(350, { payload: 0 }),
      ...[3, 4, 5].map((i) => back(100 + i * 100, { payload: 10 })),
      // Forward again: 4 packets of 25 in 6 us; a second bulk.
      ...[0, 2, 4, 6].map((us) => there(1000 + us, { payload: 25 })),
    );
    expectCells(row, {
      'Fwd Bytes/Bulk Avg': (1050 + 100) / 2,
      'Fwd Packet/Bulk Avg': (5 + 4) / 2,
      'Fwd Bulk Rate Avg': 1150 / 56e-6, // 30 + 20 + 6 us
      'Bwd Bytes/Bulk Avg': 60,
      'Bwd Packet/Bulk Avg': 6,
      'Bwd Bulk Rate Avg': 60 / 500e-6,
    });
  });

  test('end with data from the other side, with a silence of more than a second, not with one of a second', () => {
    const [interrupted] = rowsOfPackets(
      there(0, { payload: 1 }),
      there(1, { payload: 1 }),
      there(2, { payload: 1 }),
      back(3, { payload: 1 }),
      there(4, { payload: 1 }),
      there(5, { payload: 1 }),
      there(6, { payload: 1 }),
    );
    expectCells(interrupted, { 'Fwd Packet/Bulk Avg': 0, 'Fwd Bulk Rate Avg': 0, 'Bwd Packet/Bulk Avg': 0 });
    const [slow] = rowsOfPackets(...[0, 1, 2, 3].map((s) => there(s * S, { payload: 6 })));
    expectCells(slow, { 'Fwd Packet/Bulk Avg': 4, 'Fwd Bytes/Bulk Avg': 24, 'Fwd Bulk Rate Avg': 8 });
    const [slower] = rowsOfPackets(
      ...[0, 1, 2].map((s) => there(s * S, { payload: 6 })),
      there(3 * S + 1, { payload: 6 }),
    );
    expectCells(slower, { 'Fwd Packet/Bulk Avg': 0 });
  });

  test('of one moment have bytes and no rate', () => {
    const [row] = rowsOfPackets(...[0, 0, 0, 0].map((us) => there(us, { payload: 7 })));
    expectCells(row, { 'Fwd Bytes/Bulk Avg': 28, 'Fwd Bulk Rate Avg': 0, 'Flow Bytes/s': -1 });
  });
});

test('subflows divide what each direction sent by the number of gaps above a second', () => {
  const [row] = rowsOfPackets(
    there(0, { payload: 10 }),
    back(1 * S, { payload: 30 }), // a second: no gap
    there(2 * S + 1, { payload: 20 }), // the first
    there(3 * S, { payload: 40 }),
    back(5 * S, { payload: 50 }), // the second
    there(5 * S + 1),
    there(9 * S), // the third
  );
  // 5 packets and 70 bytes there, 2 packets and 80 bytes back.
  expectCells(row, {
    'Subflow Fwd Packets': 5 / 3,
    'Subflow Fwd Bytes': 70 / 3,
    'Subflow Bwd Packets': 2 / 3,
    'Subflow Bwd Bytes': 80 / 3,
  });
});

test('a flow is active between silences of more than five seconds; its last active time does not count', () => {
  const [row] = rowsOfPackets(
    there(0),
    back(2 * S),
    there(7 * S), // five seconds: still active, 7 s so far
    back(13 * S), // idle for 6 s
    there(14 * S), // active for 1 s
    there(23 * S), // idle for 9 s
    back(26 * S), // active for 3 s
    there(41 * S), // idle for 15 s
    there(43 * S),
  );
  // Active 7, 1 and 3 s: mean 11 / 3. Idle 6, 9 and 15 s: mean 10, squared deviations 16, 1 and 25.
  expectCells(row, {
    'Active Mean': (11 / 3) * S,
    'Active Std': Math.sqrt((49 + 1 + 9 - 121 / 3) / 2) * S,
    'Active Max': 7 * S,
    'Active Min': 1 * S,
    'Idle Mean': 10 * S,
    'Idle Std': Math.sqrt(21) * S,
    'Idle Max': 15 * S,
    'Idle Min': 6 * S,
  });
});

describe('a connection of more than 120 seconds', () => {
  test('is a chain of flows: same direction and Flow ID, known segments, time that adds up', () => {
    const rows = rowsOfPackets(
      there(0, { flags: 'S', sequence: 1, window: 500 }),
      back(1 * S, { flags: 'SA', sequence: 7, window: 900 }),
      there(120 * S, { sequence: 2, acknowledgement: 8 }),
      back(121 * S, { sequence: 7, flags: 'SA', window: 900 }), // splits; a repeat of what the first flow saw
      there(230 * S, { sequence: 2, acknowledgement: 8 }), // a repeat too
      there(245 * S, { sequence: 3, acknowledgement: 8, window: 77 }), // splits again
    );
    expect(rows.map((row) => row['Flow ID'])).toEqual(Array.from({ length: 3 }, () => '10.0.0.9-10.0.0.2-40000-80-6'));
    expect(rows.map((row) => row['Src IP'])).toEqual(['10.0.0.9', '10.0.0.9', '10.0.0.9']);
    expectCells(rows[0], {
      'Flow Duration': 120 * S,
      'Total Connection Flow Time': 120 * S,
      'Total TCP Retrans. Count': 0,
    });
    expectCells(rows[1], {
      'Flow Duration': 109 * S,
      'Total Connection Flow Time': 230 * S,
      'Total Fwd Packet': 1,
      'Total Bwd packets': 1,
      'Fwd TCP Retrans. Count': 1,
      'Bwd TCP Retrans. Count': 1,
      'FWD Init Win Bytes': 0,
      'Bwd Init Win Bytes': 900,
      'Fwd Seg Size Min': 0,
    });
    expectCells(rows[2], {
      'Flow Duration': 0,
      'Total Connection Flow Time': 245 * S,
      'FWD Init Win Bytes': 77,
      'Total TCP Retrans. Count': 0,
    });
  });

  test('begins anew with a SYN after its end, whatever its age: no time and no segments are carried on', () => {
    const rows = rowsOfPackets(
      there(0, { flags: 'S', sequence: 1 }),
      back(1 * S, { flags: 'RA', sequence: 0 }),
      back(130 * S, { flags: 'S', sequence: 5 }),
      there(131 * S, { flags: 'S', sequence: 1 }),
    );
    expect(rows).toHaveLength(2);
    expectCells(rows[1], {
      'Flow ID': '10.0.0.9-10.0.0.2-40000-80-6', // still that of the first flow
      'Src IP': '10.0.0.2',
      'Flow Duration': 1 * S,
      'Total Connection Flow Time': 1 * S,
      'Total TCP Retrans. Count': 0,
      'Total Bwd packets': 1,
    });
  });

  test('over UDP is a chain as long as no silence is longer than 120 seconds', () => {
    const ask = udp({ from: CLIENT, to: SERVER, payload: 5 });
    const answer = udp({ from: SERVER, to: CLIENT, payload: 9 });
    const rows = rowsOfPackets([0, ask], [100 * S, answer], [220 * S, answer], [340 * S + 1, answer]);
    expect(rows.map((row) => [row['Src IP'], Number(row['Total Connection Flow Time'])])).toEqual([
      ['10.0.0.9', 100 * S],
      ['10.0.0.9', 220 * S],
      ['10.0.0.2', 0],
    ]);
  });
});

describe('flags', () => {
  test('PSH, URG and RST are counted per direction on every packet, FIN, SYN, ACK, CWR and ECE together', () => {
    const [row] = rowsOfPackets(
      there(0, { flags: 'SEC' }),
      back(1, { flags: 'SAE' }),
      there(2, { flags: 'PAU' }),
      there(3, { flags: 'PAU' }),
      back(4, { flags: 'PUA' }),
      there(5, { flags: 'U' }),
      back(6, { flags: 'FPA' }),
      there(7, { flags: 'R' }),
      back(8, { flags: 'RA' }),
      back(9, { flags: 'R' }),
    );
    expectCells(row, {
      'Fwd PSH Flags': 2,
      'Bwd PSH Flags': 2,
      'Fwd URG Flags': 3,
      'Bwd URG Flags': 1,
      'Fwd RST Flags': 1,
      'Bwd RST Flags': 2,
      'FIN Flag Count': 1,
      'SYN Flag Count': 2,
      'RST Flag Count': 3,
      'PSH Flag Count': 4,
      'ACK Flag Count': 6,
      'URG Flag Count': 4,
      'CWR Flag Count': 1,
      'ECE Flag Count': 2,
    });
  });

  test('a first FIN counts among the flags of its direction, but closing begins with the next FIN', () => {
    // FIN first, FIN back: the closing begins. FIN there: both ways have one. ACK: ready, and the SYN begins a new flow.
    const rows = rowsOfPackets(
      there(0, { flags: 'FA' }),
      back(1, { flags: 'FA' }),
      there(2, { flags: 'FA' }),
      back(3, { flags: 'A' }),
      there(4, { flags: 'S' }),
    );
    expect(rows).toHaveLength(2);
    expectCells(rows[0], { 'FIN Flag Count': 3, 'Flow Duration': 3 });
  });

  test('a first RST does not end a flow, a later one makes way for a SYN only', () => {
    const rows = rowsOfPackets(
      there(0, { flags: 'R' }),
      there(1, { flags: 'S' }),
      back(2, { flags: 'RA' }),
      there(3, { flags: 'A' }),
      there(4, { flags: 'S' }),
    );
    expect(rows.map((row) => Number(row['Total Fwd Packet']))).toEqual([3, 1]);
    expectCells(rows[0], { 'Fwd RST Flags': 1, 'Bwd RST Flags': 1 });
  });

  test('a capture that begins with a SYN+ACK is turned around', () => {
    const [row] = rowsOfPackets(
      back(0, { flags: 'SA', payload: 0, window: 700, headerBytes: 40 }),
      there(300, { flags: 'A', window: 800, headerBytes: 32 }),
      there(500, { flags: 'PA', payload: 12, window: 900 }),
    );
    expectCells(row, {
      'Flow ID': '10.0.0.9-10.0.0.2-40000-80-6',
      'Src IP': '10.0.0.9',
      'Src Port': 40_000,
      'Dst IP': '10.0.0.2',
      'Total Fwd Packet': 2,
      'Total Bwd packets': 1,
      'Total Length of Fwd Packet': 12,
      'FWD Init Win Bytes': 0, // only a first packet counts
      'Bwd Init Win Bytes': 700,
      'Fwd Seg Size Min': 0,
      'Bwd Seg Size Min': 40,
      'Down/Up Ratio': 0.5,
      'Fwd IAT Total': 200,
      'Bwd IAT Total': 0,
    });
  });
});

test('a repeat is the same sequence, acknowledgement, length and window from the same address', () => {
  const [row] = rowsOfPackets(
    there(0, { sequence: 1, payload: 5, window: 9 }),
    there(1, { sequence: 1, payload: 5, window: 9 }), // a repeat
    there(2, { sequence: 1, payload: 5, window: 8 }),
    there(3, { sequence: 1, payload: 4, window: 9 }),
    there(4, { sequence: 1, payload: 5, window: 9, acknowledgement: 3 }),
    back(5, { sequence: 1, payload: 5, window: 9 }),
    there(6, { sequence: 1, payload: 5, window: 8, flags: 'FPA', headerBytes: 40 }), // a repeat: flags do not matter
    back(7, { sequence: 1, payload: 5, window: 9 }), // a repeat
    back(8, { sequence: 1, payload: 5, window: 9 }), // and again
  );
  expectCells(row, { 'Fwd TCP Retrans. Count': 2, 'Bwd TCP Retrans. Count': 2, 'Total TCP Retrans. Count': 4 });
});

test('segments of one sequence and acknowledgement number are all remembered, whatever their lengths and windows', () => {
  const windows = Array.from({ length: 40 }, (_, i) => 40 - i);
  const [row] = rowsOfPackets(
    ...[...windows, ...windows].map((window, us) => there(us, { sequence: 1, acknowledgement: 1, window })),
  );
  expectCells(row, { 'Fwd TCP Retrans. Count': 40 });
});
