import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FAMILIES } from '#core/family.ts';
import type { Verdict } from '#core/verdict.ts';
import { firstUsOf, flowsOf, peersOf } from './attack.ts';
import { AlertsConfig } from './config.ts';
import { createGrouping } from './grouping.ts';
import { type Act, attacksIn, crowd, manyPorts, outline, START_US, verdictsOf } from './verdict-scripts.ts';

const V = '10.77.0.10';
const [A, B, C] = ['10.77.0.66', '10.77.0.67', '10.77.0.68'];

const httpFlood: Act[] = [
  { family: 'http-flood', entity: A, peers: [`${V}:80`], from: 1, to: 10 },
  { family: 'http-flood', entity: `${V}:80`, peers: [A, [B, 2]], from: 1.2, to: 10 },
];
const synFlood: Act[] = [
  { family: 'syn-flood', entity: B, peers: [`${V}:80`], from: 21, to: 30 },
  { family: 'syn-flood', entity: `${V}:80`, peers: [B], from: 21.2, to: 30 },
];
const portScan: Act[] = [{ family: 'port-scan', entity: C, peers: manyPorts(V), from: 41, to: 50 }];

interface Scenario {
  readonly name: string;
  readonly acts: readonly Act[];
  readonly alerts: readonly string[];
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'what the client and the server show of one flood is one alert',
    acts: httpFlood,
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'three attacks on one server by different clients are three alerts',
    acts: [...httpFlood, ...synFlood, ...portScan],
    alerts: [`http-flood server ${V}:80`, `syn-flood server ${V}:80`, `port-scan client ${C}`],
  },
  {
    name: 'the same holds when the first windows of each look like the attack before',
    acts: [
      ...httpFlood,
      { family: 'http-flood', entity: `${V}:80`, peers: [B, [A, 5]], from: 20.5, to: 21 },
      { family: 'http-flood', entity: B, peers: [`${V}:80`], from: 20.6, to: 20.6 },
      ...synFlood,
      { family: 'syn-flood', entity: C, peers: manyPorts(V), from: 40, to: 40.5 },
      ...portScan,
    ],
    alerts: [`http-flood server ${V}:80`, `syn-flood server ${V}:80`, `port-scan client ${C}`],
  },
  {
    name: 'many clients that flood one service are one alert',
    acts: Array.from({ length: 20 }, (_, i) => ({
      family: 'http-flood',
      entity: `10.77.1.${i}`,
      peers: [`${V}:80`],
      from: 1 + i / 100,
      to: 5,
    })),
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'a spoofed flood, seen at the server only, is one alert however many addresses it has',
    acts: Array.from({ length: 20 }, (_, i) => ({
      family: 'syn-flood',
      entity: `${V}:80`,
      peers: crowd(i),
      from: 1 + i / 2,
      to: 1 + i / 2,
    })),
    alerts: [`syn-flood server ${V}:80`],
  },
  {
    name: 'a SYN flood on several ports of a server is one alert without a port',
    acts: [80, 443, 8080, 9090].map((port, i) => ({
      family: 'syn-flood',
      entity: `${V}:${port}`,
      peers: crowd(i),
      from: 1 + i / 10,
      to: 6,
    })),
    alerts: [`syn-flood server ${V}`],
  },
  {
    name: 'password guessing on two services by two clients is two alerts',
    acts: [
      { family: 'brute-force', entity: `${V}:22`, peers: [A], from: 1, to: 8 },
      { family: 'brute-force', entity: `${V}:5432`, peers: [B], from: 1, to: 8 },
    ],
    alerts: [`brute-force server ${V}:22`, `brute-force server ${V}:5432`],
  },
  {
    name: 'password guessing of one client on many hosts is one alert on the client',
    acts: [
      {
        family: 'brute-force',
        entity: A,
        peers: Array.from({ length: 10 }, (_, i) => [`10.77.2.${i}:22`, 3] as const),
        from: 1,
        to: 8,
      },
    ],
    alerts: [`brute-force client ${A}`],
  },
  {
    name: 'two scanning clients are two alerts',
    acts: [
      { family: 'port-scan', entity: A, peers: manyPorts(V), from: 1, to: 5 },
      { family: 'port-scan', entity: B, peers: manyPorts(V), from: 1, to: 5 },
    ],
    alerts: [`port-scan client ${A}`, `port-scan client ${B}`],
  },
  {
    name: 'a scan that a server sees belongs to the client that scans',
    acts: [
      { family: 'port-scan', entity: A, peers: manyPorts(V), from: 1, to: 5 },
      { family: 'port-scan', entity: `${V}:22`, peers: [A], from: 1.5, to: 5 },
    ],
    alerts: [`port-scan client ${A}`],
  },
  {
    name: 'a flood whose first windows look like another family keeps one alert, under its real name',
    acts: [{ family: 'syn-flood', entity: A, peers: [`${V}:80`], from: 0.5, to: 1 }, ...shifted(httpFlood, 0.5)],
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'a scan whose first windows look like a flood keeps one alert, named after the scanner',
    acts: [
      { family: 'syn-flood', entity: A, peers: manyPorts(V), from: 0.5, to: 1 },
      { family: 'port-scan', entity: A, peers: manyPorts(V), from: 1.5, to: 6 },
    ],
    alerts: [`port-scan client ${A}`],
  },
  {
    name: 'the tail of a flood that looks like another family opens nothing',
    acts: [
      ...httpFlood,
      { family: 'syn-flood', entity: A, peers: [`${V}:80`], from: 10.5, to: 12, flows: 2 },
      { family: 'slow-dos', entity: `${V}:80`, peers: [A], from: 10.7, to: 12.2, flows: 4 },
    ],
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'single windows of another family within a flood open nothing',
    acts: [
      ...httpFlood,
      ...[3, 5, 7, 9].map((from): Act => ({ family: 'syn-flood', entity: A, peers: [`${V}:80`], from, to: from })),
    ],
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'what a server with many clients makes of the flood opens nothing beside it',
    acts: [
      ...httpFlood,
      {
        family: 'syn-flood',
        entity: `${V}:80`,
        peers: [
          [A, 4],
          [B, 3],
          [C, 3],
        ],
        from: 6,
        to: 7,
      },
    ],
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'a client that goes on to another attack for some seconds makes a second alert',
    acts: [...httpFlood, { family: 'port-scan', entity: A, peers: manyPorts(V), from: 10.5, to: 16 }],
    alerts: [`http-flood server ${V}:80`, `port-scan client ${A}`],
  },
  {
    name: 'after a pause a short second attack of the same client is an alert of its own',
    acts: [...httpFlood, { family: 'port-scan', entity: A, peers: manyPorts(V), from: 30, to: 30.5 }],
    alerts: [`http-flood server ${V}:80`, `port-scan client ${A}`],
  },
  {
    name: 'two attacks of one client at once, on two services, are two alerts',
    acts: [
      { family: 'http-flood', entity: `${V}:80`, peers: [A], from: 1, to: 15 },
      { family: 'brute-force', entity: `${V}:22`, peers: [A], from: 1.2, to: 15 },
    ],
    alerts: [`http-flood server ${V}:80`, `brute-force server ${V}:22`],
  },
  {
    name: 'an attack that begins again within the gap is the same alert',
    acts: [...httpFlood, ...shifted(httpFlood, 50)],
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'an attack that begins again after the gap is a new alert',
    acts: [...httpFlood, ...shifted(httpFlood, 75)],
    alerts: [`http-flood server ${V}:80`, `http-flood server ${V}:80`],
  },
  {
    name: 'the flows of a flood that end a minute later are no new attack',
    acts: [...synFlood, { family: 'syn-flood', entity: `${V}:80`, peers: [B], from: 75, to: 140, flows: 0 }],
    alerts: [`syn-flood server ${V}:80`],
  },
  {
    name: 'a flooded server that answers invented addresses is no scanner',
    acts: [
      ...Array.from({ length: 20 }, (_, i): Act => {
        return { family: 'syn-flood', entity: `${V}:443`, peers: crowd(i), from: 1 + i / 2, to: 1 + i / 2 };
      }),
      { family: 'host-sweep', entity: V, peers: crowd(3), from: 5, to: 40 },
    ],
    alerts: [`syn-flood server ${V}:443`],
  },
  {
    name: 'late answers to the maker of a flood are no scan of him',
    acts: [...httpFlood, { family: 'port-scan', entity: V, peers: manyPorts(A, 40_000), from: 5, to: 40 }],
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'what a flooded server does to others is an alert',
    acts: [
      ...httpFlood,
      { family: 'host-sweep', entity: V, peers: crowd(3), from: 5, to: 8 },
      { family: 'reverse-shell', entity: V, peers: [`${A}:4444`], from: 5, to: 8, flows: 1 },
    ],
    alerts: [`http-flood server ${V}:80`, `host-sweep client ${V}`, `reverse-shell client ${V}`],
  },
  {
    name: 'something unusual that turns out to be an attack keeps one alert, under its real name',
    acts: [
      { family: 'unknown', entity: A, peers: [`${V}:80`], from: 1, to: 20 },
      { family: 'web-attack', entity: A, peers: [`${V}:80`], from: 20.5, to: 22 },
    ],
    alerts: [`web-attack server ${V}:80`],
  },
  {
    name: 'what is unusual about an attack is part of it',
    acts: [...httpFlood, { family: 'unknown', entity: A, peers: [`${V}:80`], from: 1.1, to: 40 }],
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'three kinds of attack on one web service by three clients are three alerts',
    acts: [
      ...httpFlood,
      { family: 'slow-dos', entity: B, peers: [`${V}:80`], from: 21, to: 30 },
      { family: 'slow-dos', entity: `${V}:80`, peers: [B, [A, 1]], from: 21.2, to: 30 },
      { family: 'web-attack', entity: C, peers: [`${V}:80`], from: 41, to: 50 },
      { family: 'web-attack', entity: `${V}:80`, peers: [C, [A, 1]], from: 41.2, to: 50 },
    ],
    alerts: [`http-flood server ${V}:80`, `slow-dos server ${V}:80`, `web-attack server ${V}:80`],
  },
  {
    name: 'a flood by many clients is one alert although some of them look slow, and others only unusual',
    acts: Array.from({ length: 20 }, (_, i): Act => {
      const family = i % 7 === 3 ? 'slow-dos' : i % 7 === 5 ? 'unknown' : 'http-flood';
      return { family, entity: `10.77.1.${i}`, peers: [`${V}:80`], from: 1 + i / 10, to: 12 };
    }),
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'many clients that do something unusual to one service are one alert on it',
    acts: Array.from({ length: 8 }, (_, i): Act => {
      return { family: 'unknown', entity: `10.77.1.${i}`, peers: [`${V}:80`], from: 1 + i / 10, to: 12 };
    }),
    alerts: [`unknown server ${V}:80`],
  },
  {
    name: 'clients that are unusual because the server is flooded are part of the flood',
    acts: [...httpFlood, { family: 'unknown', entity: C, peers: [`${V}:80`], from: 3, to: 9 }],
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'two pods that are unusual at the same time, each among its other work, are two alerts',
    acts: [A, B].map((entity, i): Act => {
      const peers = [
        ['10.77.0.40:5432', 30],
        [`203.0.113.${i}:443`, 20],
      ] as const;
      return { family: 'unknown', entity, peers, from: 1, to: 5 };
    }),
    alerts: [`unknown client ${A}`, `unknown client ${B}`],
  },
  {
    name: 'a server that is unusual in the eyes of a sweep, host by host, before the client is judged, is no alert',
    acts: [
      ...Array.from({ length: 20 }, (_, i): Act => {
        return { family: 'unknown', entity: `10.77.2.${i}:22`, peers: [A], from: 1 + i / 10, to: 1 + i / 10 };
      }),
      {
        family: 'host-sweep',
        entity: A,
        peers: Array.from({ length: 10 }, (_, i) => [`10.77.2.${100 + i}:22`, 1] as const),
        from: 3.2,
        to: 5,
      },
    ],
    alerts: [`host-sweep client ${A}`],
  },
  {
    name: 'password guessing on many hosts that the hosts show first is one alert on the client',
    acts: [
      ...Array.from({ length: 6 }, (_, i): Act => {
        return { family: 'brute-force', entity: `10.77.2.${i}:22`, peers: [A], from: 1 + i / 10, to: 8 };
      }),
      {
        family: 'brute-force',
        entity: A,
        peers: Array.from({ length: 6 }, (_, i) => [`10.77.2.${i}:22`, 2] as const),
        from: 1.7,
        to: 8,
      },
    ],
    alerts: [`brute-force client ${A}`],
  },
  {
    name: 'password guessing on one host after the other by one client is an alert for each',
    acts: [
      { family: 'brute-force', entity: `10.77.2.1:22`, peers: [A], from: 1, to: 20 },
      { family: 'brute-force', entity: `10.77.2.2:22`, peers: [A], from: 30, to: 50 },
    ],
    alerts: ['brute-force server 10.77.2.1:22', 'brute-force server 10.77.2.2:22'],
  },
  {
    name: 'a port that is scanned among much ordinary traffic belongs to the scan',
    acts: [
      {
        family: 'port-scan',
        entity: `${V}:80`,
        peers: [
          [C, 40],
          [A, 3],
        ],
        from: 1,
        to: 1,
      },
      { family: 'port-scan', entity: A, peers: manyPorts(V, 75), from: 1.3, to: 5 },
      {
        family: 'port-scan',
        entity: `${V}:80`,
        peers: [
          [C, 40],
          [A, 3],
        ],
        from: 2,
        to: 5,
      },
    ],
    alerts: [`port-scan client ${A}`],
  },
  {
    name: 'what a proxy passes on of a flood is the same attack',
    acts: [
      { family: 'http-flood', entity: V, peers: ['10.77.0.20:8080'], from: 1, to: 2 },
      { family: 'http-flood', entity: `${V}:80`, peers: [A], from: 1.2, to: 10 },
      { family: 'http-flood', entity: A, peers: [`${V}:80`], from: 1.4, to: 10 },
      { family: 'http-flood', entity: '10.77.0.20:8080', peers: [V], from: 1.6, to: 10 },
      { family: 'slow-dos', entity: V, peers: ['10.77.0.20:8080'], from: 3, to: 10 },
    ],
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'a tunnel through the resolver is one alert on who began it',
    acts: [
      { family: 'dns-tunnel', entity: '10.77.0.53', peers: ['203.0.113.53:53'], from: 1, to: 10 },
      {
        family: 'dns-tunnel',
        entity: A,
        peers: [
          ['10.77.0.53:53', 20],
          [`${V}:80`, 30],
        ],
        from: 1.2,
        to: 10,
      },
      {
        family: 'dns-tunnel',
        entity: '10.77.0.53:53',
        peers: [
          [A, 4],
          [B, 3],
          [C, 3],
        ],
        from: 1.3,
        to: 10,
      },
      { family: 'exfiltration', entity: '203.0.113.53:53', peers: ['10.77.0.53'], from: 4, to: 10 },
    ],
    alerts: [`dns-tunnel client ${A}`],
  },
  {
    name: 'a pod that calls two machines outside, one after the other, makes two alerts',
    acts: [
      { family: 'beacon', entity: A, peers: ['203.0.113.5:443', '10.77.0.53:53'], from: 1, to: 60, every: 20 },
      { family: 'exfiltration', entity: A, peers: ['198.51.100.9:22', '10.77.0.53:53'], from: 70, to: 80 },
    ],
    alerts: [`beacon client ${A}`, `exfiltration client ${A}`],
  },
  {
    name: 'late answers to a scanner are no scan of him',
    acts: [...portScan, { family: 'port-scan', entity: V, peers: manyPorts(C, 40_000), from: 45, to: 60 }],
    alerts: [`port-scan client ${C}`],
  },
  {
    name: 'the hosts that a sweep finds and what they make of it are part of the sweep',
    acts: [
      {
        family: 'host-sweep',
        entity: A,
        peers: Array.from({ length: 10 }, (_, i) => [`10.77.2.${100 + i}:22`, 1] as const),
        from: 1,
        to: 5,
      },
      ...Array.from({ length: 6 }, (_, i): Act => {
        return { family: 'syn-flood', entity: `10.77.2.${i}:22`, peers: [A], from: 2 + i / 2, to: 2 + i / 2 };
      }),
    ],
    alerts: [`host-sweep client ${A}`],
  },
  {
    name: 'a scan that a busy server gives its name is on the client that was judged, not on the busiest',
    acts: [
      { family: 'syn-flood', entity: A, peers: manyPorts(V), from: 1, to: 1 },
      {
        family: 'port-scan',
        entity: `${V}:80`,
        peers: [
          [C, 40],
          [A, 20],
        ],
        from: 1.2,
        to: 4,
      },
    ],
    alerts: [`port-scan client ${A}`],
  },
  {
    name: 'two scanners that a server shows first are two alerts',
    acts: [
      {
        family: 'port-scan',
        entity: `${V}:22`,
        peers: [
          [A, 6],
          [B, 5],
        ],
        from: 1,
        to: 1,
      },
      { family: 'port-scan', entity: A, peers: manyPorts(V, 20), from: 1.2, to: 4 },
      { family: 'port-scan', entity: B, peers: manyPorts(V, 20), from: 1.3, to: 4 },
    ],
    alerts: [`port-scan client ${A}`, `port-scan client ${B}`],
  },
  {
    name: 'one verdict is an alert',
    acts: [{ family: 'http-flood', entity: A, peers: [`${V}:80`], from: 1, to: 1, score: 0.51, flows: 1 }],
    alerts: [`http-flood server ${V}:80`],
  },
  {
    name: 'a verdict that has no new flow, where its family needs one, is none',
    acts: [{ family: 'port-scan', entity: A, peers: manyPorts(V), from: 1, to: 1, flows: 0 }],
    alerts: [],
  },
  {
    name: 'the single flow of a flood that ends a minute after it is no new attack',
    acts: [
      { family: 'udp-flood', entity: A, peers: [`${V}:4000`], from: 1, to: 10, flows: 1 },
      { family: 'udp-flood', entity: A, peers: [`${V}:4000`], from: 71, to: 71, flows: 0 },
      { family: 'unknown', entity: `${V}:4000`, peers: [A], from: 71.2, to: 71.2, flows: 0 },
    ],
    alerts: [`udp-flood server ${V}:4000`],
  },
  {
    name: 'a tunnel in a single flow that began before anybody looked is an alert',
    acts: [{ family: 'dns-tunnel', entity: A, peers: [`${V}:53`], from: 1, to: 3, every: 1, flows: 0 }],
    alerts: [`dns-tunnel client ${A}`],
  },
];

test.each(SCENARIOS)('$name', ({ acts, alerts }) => {
  expect(outline(attacksIn(verdictsOf(acts)))).toEqual(alerts);
});

test('an attack is an alert with its first verdict', () => {
  const [attack] = attacksIn(verdictsOf(httpFlood));
  expect(attack?.openedUs).toBe(START_US + 1e6);
});

test('an attack says who made it, without the bystanders, and counts its flows once', () => {
  const [attack] = attacksIn(verdictsOf(httpFlood));
  if (attack === undefined) throw new Error('no attack');
  expect(peersOf(attack)).toEqual([{ ip: A, port: null, flows: expect.any(Number) }]);
  expect(attack.verdicts).toBe(37);
  expect(flowsOf(attack)).toBe(19 * 20);
  expect(firstUsOf(attack)).toBe(START_US + 0.5e6);
  expect(attack.lastUs).toBe(START_US + 10e6);
});

test('the peers of a scan are the services it asked', () => {
  const [attack] = attacksIn(verdictsOf(portScan));
  if (attack === undefined) throw new Error('no attack');
  const peers = peersOf(attack);
  expect(peers).toHaveLength(10);
  expect(new Set(peers.map(({ ip }) => ip))).toEqual(new Set([V]));
  expect(peers.map(({ port }) => port)).toContain(7);
});

test('the end of its flows does not make a flood look as if it went on', () => {
  const tail: Act = { family: 'syn-flood', entity: `${V}:80`, peers: [B], from: 60, to: 80, flows: 0 };
  const [attack] = attacksIn(verdictsOf([...synFlood, tail]));
  expect(attack?.lastUs).toBe(START_US + 30e6);
});

test('at most so many attacks are followed at once; the quietest makes room', () => {
  const acts = Array.from({ length: 50 }, (_, i): Act => {
    return { family: 'port-scan', entity: `10.9.0.${i}`, peers: manyPorts(V), from: 1 + i / 100, to: 3 };
  });
  let count = 0;
  const grouping = createGrouping({ ...AlertsConfig.parse({}), maxOpen: 10 }, () => `attack-${++count}`);
  const ids = new Set(verdictsOf(acts).map((verdict) => grouping.accept(verdict)?.attack.id ?? ''));
  expect([...ids].filter((id) => grouping.isOpen(id))).toHaveLength(10);
});

test('5,000 verdicts of a distributed flood are one alert, in bounded memory', () => {
  const acts = Array.from({ length: 600 }, (_, i): Act => {
    const entity = `10.${i >> 8}.${i & 255}.1`;
    return { family: 'http-flood', entity, peers: [`${V}:80`], from: 1 + i / 1000, to: 6, every: 0.55 };
  });
  const verdicts = verdictsOf(acts);
  expect(verdicts.length).toBeGreaterThanOrEqual(5000);
  const [attack, ...more] = attacksIn(verdicts);
  if (attack === undefined) throw new Error('no attack');
  expect(more).toEqual([]);
  expect(peersOf(attack)).toHaveLength(50);
  expect(attack.clients.top(10_000).length).toBeLessThanOrEqual(1000);
});

test('whatever comes, in whatever order, every verdict is in one attack or waits for more', () => {
  const address = fc.constantFrom(A, B, C, V, '10.77.0.11');
  const port = fc.constantFrom(22, 53, 80, 443);
  const peers = fc.array(fc.tuple(address, port, fc.integer({ min: 1, max: 30 })), { maxLength: 10 });
  const verdict = fc.record({
    side: fc.constantFrom('client' as const, 'server' as const),
    ip: address,
    port,
    peers,
    family: fc.constantFrom(...FAMILIES),
    stepMs: fc.integer({ min: -500, max: 20_000 }),
    flows: fc.integer({ min: 0, max: 100 }),
    score: fc.double({ min: 0.5, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(verdict, { maxLength: 200 }), (items) => {
      let atUs = START_US;
      const verdicts = items.map(({ side, ip, port: own, peers: others, family, stepMs, flows, score }): Verdict => {
        atUs += stepMs * 1000;
        const withPort = side === 'client';
        return {
          entity: { side, ip, port: withPort ? null : own, workload: null },
          family,
          score,
          threshold: 0.5,
          pValue: 0.01,
          atUs,
          firstUs: atUs - 1e6,
          flows,
          peers: others.map(([peer, peerPort, n]) => ({ ip: peer, port: withPort ? peerPort : null, flows: n })),
          reasons: [],
        };
      });
      const attacks = attacksIn(verdicts);
      for (const attack of attacks) {
        expect(firstUsOf(attack)).toBeLessThanOrEqual(attack.lastUs);
        expect(attack.verdicts).toBeGreaterThan(0);
        expect(attack.score).toBeGreaterThanOrEqual(0.5);
        expect(peersOf(attack).length).toBeLessThanOrEqual(50);
      }
      expect(attacks.length).toBeLessThanOrEqual(verdicts.length);
    }),
    { numRuns: 100, seed: 7 },
  );
});

function shifted(acts: readonly Act[], seconds: number): Act[] {
  return acts.map((act) => ({ ...act, from: act.from + seconds, to: act.to + seconds }));
}
