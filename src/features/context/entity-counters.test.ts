import { expect, test } from 'vitest';
import { CIC_WIDTH, CONTEXT_WIDTH, createFeatureBatch, FLOW_ENDINGS, type FeatureBatch } from '#core/feature-batch.ts';
import { createSeededHash, mixBits, portBits } from '#core/seeded-hash.ts';
import { CIC_COLUMNS } from '../cic/columns.ts';
import { CONTEXT_FEATURES } from './context-features.ts';
import { createEntityCounters, type EntityCounters } from './entity-counters.ts';
import { CIC_COLUMNS_READ } from './flow-progress.ts';

interface Row {
  readonly atS: number;
  readonly client?: number;
  readonly server?: number;
  readonly clientPort?: number;
  readonly serverPort?: number;
  readonly report?: number;
  readonly ending?: (typeof FLOW_ENDINGS)[number];
  readonly startS?: number;
  readonly durationS?: number;
  readonly fwdBytes?: number;
  readonly bwdBytes?: number;
  readonly answers?: number;
  readonly acks?: number;
  readonly resets?: number;
}

const EPOCH_S = 1_700_000_000;

function write(batch: FeatureBatch, row: Row): void {
  const { atS, client = 1, server = 2, startS = atS, ending = 'closed', durationS = 0, answers = 1, acks = 2 } = row;
  batch.count = 1;
  batch.startUs[0] = (EPOCH_S + startS) * 1e6;
  batch.lastUs[0] = (EPOCH_S + startS + durationS) * 1e6;
  batch.reportedUs[0] = (EPOCH_S + atS) * 1e6;
  batch.clientAddress.fill(0);
  batch.clientAddress.set([client >> 8, client & 255], 14);
  batch.serverAddress.fill(0);
  batch.serverAddress.set([server >> 8, server & 255], 14);
  batch.clientPort[0] = row.clientPort ?? 40_000;
  batch.serverPort[0] = row.serverPort ?? 80;
  batch.protocol[0] = 6;
  batch.report[0] = row.report ?? 0;
  batch.ending[0] = FLOW_ENDINGS.indexOf(ending);
  batch.cic.fill(0);
  batch.cic[CIC_COLUMNS_READ.durationUs] = durationS * 1e6;
  batch.cic[CIC_COLUMNS_READ.fwdPackets] = 2;
  batch.cic[CIC_COLUMNS_READ.bwdPackets] = answers;
  batch.cic[CIC_COLUMNS_READ.fwdBytes] = row.fwdBytes ?? 0;
  batch.cic[CIC_COLUMNS_READ.bwdBytes] = row.bwdBytes ?? 0;
  batch.cic[CIC_COLUMNS_READ.ackFlags] = acks;
  batch.cic[CIC_COLUMNS_READ.rstFlags] = row.resets ?? 0;
}

function observer(counters: EntityCounters) {
  const batch = createFeatureBatch(1);
  const named = (values: Float64Array) =>
    Object.fromEntries(CONTEXT_FEATURES.map(({ name }, i) => [name, values[i]])) as Record<
      (typeof CONTEXT_FEATURES)[number]['name'],
      number
    >;
  return (row: Row) => {
    write(batch, row);
    counters.observe(batch, 0);
    return { client: named(batch.clientContext), server: named(batch.serverContext) };
  };
}

const fresh = () => createEntityCounters({ maxEntities: 64, seed: 1 });

test('the CIC columns that are read are those their names promise', () => {
  const first = CIC_COLUMNS.indexOf('Flow Duration');
  expect(Object.values(CIC_COLUMNS_READ).map((column) => CIC_COLUMNS[first + column])).toEqual([
    'Flow Duration',
    'Total Fwd Packet',
    'Total Bwd packets',
    'Total Length of Fwd Packet',
    'Total Length of Bwd Packet',
    'RST Flag Count',
    'ACK Flag Count',
  ]);
});

test('a steady rate converges to the sum of a geometric series', () => {
  const observe = observer(fresh());
  let last = observe({ atS: 0 });
  for (let i = 1; i <= 6000; i++) last = observe({ atS: i * 0.1, clientPort: i });

  // Ten flows a second, each seen at its own moment: 1 / (1 - exp(-0.1 / tau)) / tau.
  expect(last.client['new flows/s over 1 s']).toBeCloseTo(1 / (1 - Math.exp(-0.1)), 6);
  expect(last.client['new flows/s over 10 s']).toBeCloseTo(1 / (1 - Math.exp(-0.01)) / 10, 6);
  expect(last.client['new flows/s over 60 s']).toBeCloseTo(1 / (1 - Math.exp(-0.1 / 60)) / 60, 2);
  expect(last.client['variation of the gaps between flows']).toBeCloseTo(0, 3);
});

test('what an entity did fades with its time constant', () => {
  const observe = observer(fresh());
  for (let i = 0; i < 100; i++) observe({ atS: 0, serverPort: i });
  const later = observe({ atS: 10, serverPort: 500 });

  expect(later.client['new flows/s over 10 s']).toBeCloseTo((100 * Math.exp(-1) + 1) / 10, 9);
  expect(later.client['new flows/s over 1 s']).toBeCloseTo(100 * Math.exp(-10) + 1, 9);
});

test('a scanning client shows its fan-out, a busy one does not', () => {
  const scan = observer(fresh());
  const work = observer(fresh());
  let scanning = scan({ atS: 0 });
  let working = work({ atS: 0 });
  for (let i = 1; i <= 100; i++) {
    scanning = scan({ atS: i / 100, serverPort: i, acks: 1 });
    working = work({ atS: i / 100, serverPort: 443, clientPort: i });
  }

  expect(scanning.client['distinct peer ports over 10 s']).toBeGreaterThan(70);
  expect(scanning.client['distinct peer ports over 10 s']).toBeLessThan(130);
  expect(scanning.client['distinct peer ports per new flow over 10 s']).toBeGreaterThan(0.7);
  expect(scanning.client['distinct peers over 10 s']).toBeLessThan(1.1);
  expect(scanning.client['share of flows never established over 10 s']).toBeGreaterThan(0.98);
  expect(working.client['distinct peer ports per new flow over 10 s']).toBeLessThan(0.03);
  expect(working.client['share of flows never established over 10 s']).toBe(0);
});

test('a fast scan saturates the sketch, yet still shows one port a flow', () => {
  const observe = observer(fresh());
  let last = observe({ atS: 0 });
  for (let i = 1; i <= 20_000; i++) last = observe({ atS: i / 10_000, serverPort: i });
  expect(last.client['distinct peer ports over 10 s']).toBeCloseTo(266.17, 1);
  expect(last.client['distinct peer ports per new flow over 10 s']).toBe(1);
});

test('a server counts its clients, and its own port apart from the next one', () => {
  const observe = observer(fresh());
  for (let i = 1; i <= 20; i++) observe({ atS: 1, client: 100 + i });
  const at80 = observe({ atS: 1, client: 121 });
  const at81 = observe({ atS: 1, client: 121, serverPort: 81 });
  expect(at80.server['distinct peers over 10 s']).toBeGreaterThan(16);
  expect(at81.server['distinct peers over 10 s']).toBeLessThan(1.1);
});

test('later reports of a flow count only what is new, spread over the time it took', () => {
  const observe = observer(fresh());
  const flow = { startS: 0, ending: 'snapshot' } as const;
  const first = observe({ ...flow, atS: 1, durationS: 1, fwdBytes: 1000, bwdBytes: 5000 });
  const second = observe({ ...flow, atS: 2, durationS: 2, fwdBytes: 3000, bwdBytes: 5000, report: 1 });
  const spread = (1 - Math.exp(-0.1)) / 0.1;

  expect(first.client['payload sent over 10 s']).toBeCloseTo((1000 * spread) / 10, 6);
  expect(second.client['payload sent over 10 s']).toBeCloseTo((1000 * spread * Math.exp(-0.1) + 2000 * spread) / 10, 6);
  expect(second.client['payload received over 10 s']).toBeCloseTo((5000 * spread * Math.exp(-0.1)) / 10, 6);
  expect(second.server['payload sent over 10 s']).toBe(second.client['payload received over 10 s']);
  expect(second.client['flows open at once']).toBe(1);

  const last = observe({ ...flow, atS: 3, durationS: 3, fwdBytes: 3000, bwdBytes: 5000, report: 2, ending: 'closed' });
  expect(last.client['flows open at once']).toBe(0);
  expect(last.client['new flows/s over 10 s']).toBeCloseTo(Math.exp(-0.2) / 10, 9);
});

test('a half-open, a refused and an unanswered handshake are not established, a whole one is', () => {
  const share = (row: Partial<Row>) =>
    observer(fresh())({ atS: 0, ...row }).client['share of flows never established over 10 s'];
  expect(share({ answers: 1, acks: 1 })).toBe(1);
  expect(share({ answers: 1, acks: 1, resets: 1 })).toBe(1);
  expect(share({ answers: 0, acks: 0 })).toBe(1);
  expect(share({ answers: 1, acks: 2 })).toBe(0);
});

test('time that runs backwards and values that are no numbers are counted and do no harm', () => {
  const counters = fresh();
  const observe = observer(counters);
  observe({ atS: 10 });
  const earlier = observe({ atS: 5 });
  const broken = observe({ atS: NaN, fwdBytes: NaN, durationS: Infinity });

  expect(earlier.client['new flows/s over 10 s']).toBeCloseTo(0.2, 9);
  for (const value of Object.values(broken.client)) expect(Number.isFinite(value)).toBe(true);
  expect(counters.stats()).toMatchObject({ timeBackwards: 1, notFinite: 2 });
});

test('memory is bounded: new entities push out the least active, and that is counted', () => {
  const counters = fresh();
  const observe = observer(counters);
  for (let i = 0; i < 50; i++) observe({ atS: i / 100, client: 1 });
  for (let i = 2; i < 3000; i++) observe({ atS: 1 + i / 1000, client: i });
  const regular = observe({ atS: 4.1, client: 1 });

  expect(counters.stats()).toMatchObject({ clients: 64, servers: 1 });
  expect(counters.stats().evicted).toBe(2999 - 64);
  expect(regular.client['new flows/s over 60 s']).toBeGreaterThan(0.75);
  expect(CONTEXT_WIDTH).toBe(CONTEXT_FEATURES.length);
  expect(CIC_WIDTH).toBe(CIC_COLUMNS.length - 8);
});

test('an entity that comes again counts as if its counters had been there from its first report', () => {
  const observe = observer(fresh());
  const first = { fwdBytes: 500, bwdBytes: 900, answers: 0, resets: 1, startS: 0, durationS: 0 };
  observe({ atS: 0, serverPort: 1, ...first });
  const { client } = observe({ atS: 10, serverPort: 2, startS: 10 });

  expect(client['new flows/s over 10 s']).toBeCloseTo((Math.exp(-1) + 1) / 10, 12);
  expect(client['payload sent over 60 s']).toBeCloseTo((500 * Math.exp(-1 / 6)) / 60, 12);
  expect(client['payload received over 10 s']).toBeCloseTo((900 * Math.exp(-1)) / 10, 12);
  expect(client['share of flows without any answer over 10 s']).toBeCloseTo(Math.exp(-1) / (Math.exp(-1) + 1), 12);
  expect(client['share of flows reset over 10 s']).toBeCloseTo(Math.exp(-1) / (Math.exp(-1) + 1), 12);
  // Its peer of then is the same now: the slot's weight was down to exp(-1), and is whole again.
  expect(client['distinct peers over 10 s']).toBeCloseTo(-64 * Math.log(1 - 1 / 64), 12);
  expect(client['distinct peer ports over 10 s']).toBeCloseTo(-64 * Math.log(1 - (Math.exp(-1) + 1) / 64), 12);
});

test('a scan of ports that collide under one seed is seen under another', () => {
  const known = createSeededHash(1);
  const places = Array.from({ length: 4000 }, (_, port) => mixBits(portBits(known, 6, port)) & 63);
  const hidden = places.flatMap((place, port) => (place === 0 ? [port] : []));
  const portsSeen = (seed: number) => {
    const observe = observer(createEntityCounters({ maxEntities: 64, seed }));
    return hidden.map((serverPort) => observe({ atS: 1, serverPort }).client['distinct peer ports over 60 s']).at(-1);
  };
  expect(hidden.length).toBeGreaterThan(40);
  expect(portsSeen(1)).toBeLessThan(1.1);
  expect(portsSeen(2)).toBeGreaterThan(hidden.length * 0.7);
});

test('a flood of spoofed clients pushes out no server', () => {
  const counters = fresh();
  const observe = observer(counters);
  for (let i = 0; i < 20; i++) observe({ atS: 0, serverPort: i });
  for (let i = 0; i < 5000; i++) observe({ atS: 1, client: i, serverPort: 80 });
  expect(counters.stats()).toMatchObject({ clients: 64, servers: 21 });
});
