import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FAMILIES, FAMILY_FACTS, type Family } from '#core/family.ts';
import type { Verdict } from '#core/verdict.ts';
import { type Act, attacksIn, manyPorts, outline, START_US, verdictsOf } from './verdict-scripts.ts';

/** Somebody, whom he attacks inside, and a machine outside that belongs to him. */
interface Cast {
  readonly attacker: string;
  readonly victim: string;
  readonly outside: string;
}

const FIRST: Cast = { attacker: '10.77.0.66', victim: '10.77.0.10', outside: '203.0.113.5' };
const SECOND: Cast = { attacker: '10.77.0.67', victim: '10.77.0.11', outside: '198.51.100.7' };
const THIRD: Cast = { attacker: '10.77.0.68', victim: '10.77.0.12', outside: '192.0.2.9' };
const [RESOLVER, DATABASE] = ['10.77.0.53', '10.77.0.40'];

type Sides = Pick<Act, 'entity' | 'peers'>[];

/** What is judged of an attack: its client first, then the servers. */
function sidesOf(family: Family, { attacker, victim, outside }: Cast): Sides {
  const both = (port: number): Sides => [
    { entity: attacker, peers: [`${victim}:${port}`] },
    {
      entity: `${victim}:${port}`,
      peers: [
        [attacker, 8],
        ['10.77.0.91', 1],
      ],
    },
  ];
  // A pod that calls home goes on with its work.
  const homewards: Sides = [
    {
      entity: attacker,
      peers: [
        [`${DATABASE}:5432`, 30],
        [`${RESOLVER}:53`, 12],
        [`${outside}:443`, 4],
      ],
    },
    { entity: `${outside}:443`, peers: [attacker] },
  ];
  switch (family) {
    case 'syn-flood':
    case 'http-flood':
    case 'slow-dos':
    case 'web-attack':
    case 'unknown':
      return both(80);
    case 'udp-flood':
      return both(4000);
    case 'icmp-flood':
      return both(0);
    case 'brute-force':
      return both(22);
    case 'port-scan':
      return [
        { entity: attacker, peers: manyPorts(victim) },
        ...[1, 2, 3, 80].map((port) => ({ entity: `${victim}:${port}`, peers: [attacker] })),
      ];
    case 'host-sweep': {
      const hosts = Array.from({ length: 30 }, (_, i) => `${victim}${i}`);
      return [
        { entity: attacker, peers: hosts.slice(0, 10).map((host) => [`${host}:22`, 1] as const) },
        ...hosts.map((host) => ({ entity: `${host}:22`, peers: [attacker] })),
      ];
    }
    case 'dns-tunnel':
      return [
        {
          entity: attacker,
          peers: [
            [`${RESOLVER}:53`, 20],
            [`${DATABASE}:5432`, 25],
          ],
        },
        {
          entity: `${RESOLVER}:53`,
          peers: [
            [attacker, 9],
            ['10.77.0.90', 6],
            ['10.77.0.91', 5],
          ],
        },
      ];
    default:
      return homewards;
  }
}

/** The attack over some seconds, every side judged to be what `nameOf` says of it. */
function attack(
  family: Family,
  cast: Cast,
  { from = 1, to = 8, nameOf = () => family }: { from?: number; to?: number; nameOf?: (side: number) => Family } = {},
): Act[] {
  return sidesOf(family, cast).map((side, i) => ({ ...side, family: nameOf(i), from, to }));
}

/** The verdicts of each second of packet time, in an order that the seed draws. */
function shuffledWithinSeconds(verdicts: readonly Verdict[], seed: number): Verdict[] {
  const seconds = Map.groupBy(verdicts, ({ atUs }) => Math.floor((atUs - START_US) / 1e6));
  let state = seed;
  const draw = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x7fffffff;
  return [...seconds.values()].flatMap((inSecond) =>
    inSecond
      .map((verdict) => ({ verdict, at: draw() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ verdict }) => verdict),
  );
}

const SEEDS = Array.from({ length: 6 }, (_, i) => i * 7919 + 1);

const IDENTITY: Readonly<Record<Exclude<Family, 'unknown'>, string>> = {
  'syn-flood': `server ${FIRST.victim}:80`,
  'udp-flood': `server ${FIRST.victim}:4000`,
  'icmp-flood': `server ${FIRST.victim}:0`,
  'http-flood': `server ${FIRST.victim}:80`,
  'slow-dos': `server ${FIRST.victim}:80`,
  'port-scan': `client ${FIRST.attacker}`,
  'host-sweep': `client ${FIRST.attacker}`,
  'brute-force': `server ${FIRST.victim}:22`,
  'dns-tunnel': `client ${FIRST.attacker}`,
  beacon: `client ${FIRST.attacker}`,
  exfiltration: `client ${FIRST.attacker}`,
  'web-attack': `server ${FIRST.victim}:80`,
  'reverse-shell': `client ${FIRST.attacker}`,
};
const NAMED = FAMILIES.filter((family) => family !== 'unknown');

test.each(NAMED)('%s that both sides show, in any order, is one alert on the side that identifies it', (family) => {
  for (const seed of SEEDS) {
    const verdicts = shuffledWithinSeconds(verdictsOf(attack(family, FIRST)), seed);
    expect(outline(attacksIn(verdicts))).toEqual([`${family} ${IDENTITY[family]}`]);
  }
});

const CONFUSED = [
  ['port-scan', 'host-sweep'],
  ['host-sweep', 'port-scan'],
  ['http-flood', 'web-attack'],
  ['http-flood', 'slow-dos'],
  ['http-flood', 'brute-force'],
  ['web-attack', 'brute-force'],
  ['slow-dos', 'web-attack'],
  ['slow-dos', 'brute-force'],
  ['brute-force', 'http-flood'],
  ['dns-tunnel', 'exfiltration'],
  ['exfiltration', 'dns-tunnel'],
  ['beacon', 'reverse-shell'],
  ['reverse-shell', 'beacon'],
  ['syn-flood', 'http-flood'],
] as const;

test.each(CONFUSED)('%s of which one side makes %s is one alert', (family, other) => {
  for (const seed of SEEDS) {
    for (const client of [true, false]) {
      const nameOf = (side: number) => ((side === 0) === client ? other : family);
      const verdicts = verdictsOf(attack(family, FIRST, { nameOf }));
      expect(outline(attacksIn(shuffledWithinSeconds(verdicts, seed)))).toHaveLength(1);
    }
  }
});

test.each(CONFUSED)('%s that looks like %s at first, or at last, is one alert', (family, other) => {
  const first = { from: 1, to: 2, nameOf: () => other };
  const begun = [...attack(family, FIRST, first), ...attack(family, FIRST, { from: 2.5, to: 12 })];
  expect(outline(attacksIn(verdictsOf(begun)))).toEqual([`${family} ${IDENTITY[family]}`]);

  const tail = { from: 12.5, to: 14, nameOf: () => other };
  const ended = [...attack(family, FIRST, { from: 1, to: 12 }), ...attack(family, FIRST, tail)];
  expect(outline(attacksIn(verdictsOf(ended)))).toEqual([`${family} ${IDENTITY[family]}`]);
});

test.each(NAMED)('%s that is only unusual to one side, or at first, is one alert under its name', (family) => {
  for (const seed of SEEDS) {
    for (const client of [true, false]) {
      const nameOf = (side: number): Family => ((side === 0) === client ? 'unknown' : family);
      const verdicts = shuffledWithinSeconds(verdictsOf(attack(family, FIRST, { nameOf })), seed);
      expect(attacksIn(verdicts).map((each) => each.family)).toEqual([family]);
    }
    const first = attack(family, FIRST, { from: 1, to: 9, nameOf: () => 'unknown' });
    const verdicts = verdictsOf([...first, ...attack(family, FIRST, { from: 10, to: 12 })]);
    expect(outline(attacksIn(shuffledWithinSeconds(verdicts, seed)))).toEqual([`${family} ${IDENTITY[family]}`]);
  }
});

test('what is only unusual, on both sides, is one alert of low severity', () => {
  for (const seed of SEEDS) {
    const found = attacksIn(shuffledWithinSeconds(verdictsOf(attack('unknown', FIRST)), seed));
    expect(found.map(({ family }) => FAMILY_FACTS[family].severity)).toEqual(['low']);
  }
});

test.each(FAMILIES)('%s by two attackers against two victims is two alerts', (family) => {
  for (const seed of SEEDS) {
    const verdicts = verdictsOf([...attack(family, FIRST), ...attack(family, SECOND)]);
    expect(attacksIn(shuffledWithinSeconds(verdicts, seed))).toHaveLength(2);
  }
});

test('one attacker who does something else ten minutes later makes a second alert', () => {
  for (const family of NAMED) {
    for (const other of NAMED) {
      // To call home again and again, and then to be called back, is one thing.
      const isOneThing = sameGroup(family, other, ['beacon', 'reverse-shell']) || family === other;
      if (isOneThing) continue;
      const later = attack(other, FIRST, { from: 610, to: 618 });
      const found = attacksIn(verdictsOf([...attack(family, FIRST), ...later]));
      expect(found.map((each) => each.family)).toEqual([family, other]);
    }
  }
});

test.each([
  ['beacon', 'reverse-shell'],
  ['beacon', 'unknown'],
  ['unknown', 'beacon'],
  ['unknown', 'unknown'],
] as const)(
  'a beacon every five minutes, judged as %s and %s, is one alert whichever comes first',
  (client, server) => {
    const beats = Array.from({ length: 6 }, (_, i) => 1 + i * 300);
    const nameOf = (side: number): Family => (side === 0 ? client : server);
    const acts = beats.flatMap((at) => attack('beacon', FIRST, { from: at, to: at + 0.5, nameOf }));
    for (const seed of SEEDS) {
      expect(attacksIn(shuffledWithinSeconds(verdictsOf(acts), seed))).toHaveLength(1);
    }
  },
);

test.each(['slow-dos', 'brute-force', 'dns-tunnel', 'beacon', 'exfiltration', 'reverse-shell', 'unknown'] as const)(
  '%s may pause for a quarter of an hour, and not for longer',
  (family) => {
    const again = (from: number) => attack(family, FIRST, { from, to: from + 5 });
    expect(attacksIn(verdictsOf([...attack(family, FIRST), ...again(890)]))).toHaveLength(1);
    expect(attacksIn(verdictsOf([...attack(family, FIRST), ...again(920)]))).toHaveLength(2);
  },
);

test.each(['syn-flood', 'udp-flood', 'icmp-flood', 'http-flood', 'port-scan', 'host-sweep', 'web-attack'] as const)(
  '%s may pause for the gap of the settings only',
  (family) => {
    const again = (from: number) => attack(family, FIRST, { from, to: from + 5 });
    expect(attacksIn(verdictsOf([...attack(family, FIRST), ...again(60)]))).toHaveLength(1);
    expect(attacksIn(verdictsOf([...attack(family, FIRST), ...again(75)]))).toHaveLength(2);
  },
);

test('whatever happens at once, the order of the verdicts within a second does not change how many alerts there are', () => {
  const name = fc.constantFrom<'own' | 'unknown' | 'kin'>('own', 'own', 'own', 'unknown', 'kin');
  const one = fc.record({
    family: fc.constantFrom(...NAMED),
    from: fc.integer({ min: 0, max: 8 }),
    names: fc.array(name, { minLength: 1, maxLength: 4 }),
  });
  const several = fc.array(one, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(several, fc.integer({ min: 1, max: 1e6 }), (attacks, seed) => {
      const acts = attacks.flatMap(({ family, from, names }, i) => {
        const nameOf = (side: number) => nameFor(family, names[side % names.length]);
        return attack(family, [FIRST, SECOND, THIRD][i], { from, to: from + 12, nameOf });
      });
      const verdicts = verdictsOf(acts);
      const counts = [seed, seed + 1, seed + 2].map((each) => attacksIn(shuffledWithinSeconds(verdicts, each)).length);
      expect(counts).toEqual([attacks.length, attacks.length, attacks.length]);
    }),
    { numRuns: 60, seed: 3 },
  );
});

function nameFor(family: Family, name: 'own' | 'unknown' | 'kin'): Family {
  if (name === 'kin') return CONFUSED.find(([own]) => own === family)?.[1] ?? family;
  return name === 'own' ? family : name;
}

function sameGroup(a: Family, b: Family, group: readonly Family[]): boolean {
  return group.includes(a) && group.includes(b);
}
