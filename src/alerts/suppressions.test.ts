import { beforeEach, expect, test } from 'vitest';
import type { Verdict } from '#core/verdict.ts';
import { AlertsConfig } from './config.ts';
import { createSuppressions, expiredRules } from './suppressions.ts';
import { type SuppressionRule } from './suppression-rule.ts';
import { type Act, verdictsOf } from './verdict-scripts.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.now();
const TOMORROW = new Date(START_MS + DAY_MS).toISOString();

let nowMs: number;
let told: string[];
beforeEach(() => {
  nowMs = START_MS;
  told = [];
});

const log = {
  info() {},
  error() {},
  debug() {},
  warn: (fields: object, message: string) => void told.push(`${JSON.stringify(fields)} ${message}`),
};

function rulesOf(...rules: readonly object[]): SuppressionRule[] {
  const given = rules.map((rule, i) => ({ name: `rule ${i}`, reason: 'known', until: TOMORROW, ...rule }));
  return AlertsConfig.parse({ suppressions: given }).suppressions;
}

function open(rules: readonly SuppressionRule[]) {
  return createSuppressions({
    rules,
    clock: { now: () => nowMs },
    workloadOf: (ip) => ({ '10.0.0.9': 'shop/deployment/web', '10.0.0.5': 'ops/cronjob/port-scanner' })[ip] ?? null,
    log,
  });
}

function verdict(act: Partial<Act>, entityIp?: string): Verdict {
  const base: Act = { family: 'port-scan', entity: '10.0.0.5', peers: ['10.0.0.9:80'], from: 0, to: 0 };
  const [made] = verdictsOf([{ ...base, ...act }]);
  return entityIp === undefined ? made : { ...made, entity: { ...made.entity, ip: entityIp } };
}

const asServer = { entity: '10.0.0.9:80', peers: ['10.0.0.5'] };

test.each<[string, object, Verdict, boolean]>([
  ['the address of the client', { client: '10.0.0.5' }, verdict({}), true],
  ['another address', { client: '10.0.0.6' }, verdict({}), false],
  ['the first address of a range', { client: '10.0.0.0/29' }, verdict({}, '10.0.0.0'), true],
  ['the last address of a range', { client: '10.0.0.0/29' }, verdict({}, '10.0.0.7'), true],
  ['the address after a range', { client: '10.0.0.0/29' }, verdict({}, '10.0.0.8'), false],
  ['the address before a range', { client: '10.0.0.8/29' }, verdict({}, '10.0.0.7'), false],
  ['an IPv6 range', { client: '2001:db8::/33' }, verdict({}, '2001:db8:7fff::1'), true],
  ['beside an IPv6 range', { client: '2001:db8::/33' }, verdict({}, '2001:db8:8000::'), false],
  ['IPv6 in another spelling', { client: '2001:db8:0:0::10' }, verdict({}, '2001:db8::10'), true],
  ['a mapped IPv4 address, by an IPv4 range', { client: '10.0.0.0/8' }, verdict({}, '::ffff:10.1.2.3'), true],
  ['an IPv4 address, by a mapped range', { client: '::ffff:10.0.0.0/104' }, verdict({}), true],
  ['the client of a verdict on a server', { client: '10.0.0.5' }, verdict(asServer), true],
  ['the server', { server: '10.0.0.9', port: 80 }, verdict(asServer), true],
  ['another port of the server', { server: '10.0.0.9', port: 443 }, verdict(asServer), false],
  ['the server of a verdict on a client', { server: '10.0.0.9', port: 80 }, verdict({}), true],
  ['another port of that server', { server: '10.0.0.9', port: 443 }, verdict({}), false],
  ['the family', { family: 'port-scan' }, verdict({}), true],
  ['another family', { family: 'beacon' }, verdict({}), false],
  ['only clients, and it is one', { client: '10.0.0.5', side: 'client' }, verdict({}), true],
  ['only clients, and it is a server', { client: '10.0.0.5', side: 'client' }, verdict(asServer), false],
  ['a workload', { client: 'ops/cronjob/port-scanner' }, verdict({}), true],
  ['workloads by a pattern', { client: 'ops/*/port-*' }, verdict({}), true],
  ['a pattern of another namespace', { client: 'op/*/port-*' }, verdict({}), false],
  ['an address without a workload', { client: '*/*/port-*' }, verdict({}, '10.0.0.77'), false],
  ['client and server together', { client: '10.0.0.5', server: 'shop/*/*' }, verdict({}), true],
  ['client right, server wrong', { client: '10.0.0.5', server: 'bank/*/*' }, verdict({}), false],
  [
    'a server of which the client has four fifths',
    { client: '10.0.0.5' },
    verdict({
      ...asServer,
      peers: [
        ['10.0.0.5', 8],
        ['10.0.0.6', 2],
      ],
    }),
    true,
  ],
  [
    'a server that somebody else attacks as well',
    { client: '10.0.0.5' },
    verdict({
      ...asServer,
      peers: [
        ['10.0.0.5', 7],
        ['10.0.0.6', 3],
      ],
    }),
    false,
  ],
  ['a client without peers, by its server', { server: '10.0.0.9' }, verdict({ peers: [] }), false],
])('%s: it is silent or not', (_, rule, judged, silent) => {
  expect(open(rulesOf(rule)).match(judged)).toBe(silent ? 'rule 0' : null);
});

test('the name that a verdict brings along counts before the inventory', () => {
  const judged = verdict({});
  judged.entity.workload = 'shop/deployment/other';
  expect(open(rulesOf({ client: 'shop/deployment/other' })).match(judged)).toBe('rule 0');
});

test('verdicts are counted for the first rule that fits', () => {
  const suppressions = open(rulesOf({ family: 'beacon' }, { client: '10.0.0.5' }, { client: '10.0.0.0/8' }));
  for (const judged of [verdict({}), verdict({}), verdict({}, '10.0.0.6'), verdict({}, '11.0.0.1')]) {
    suppressions.match(judged);
  }
  expect(suppressions.counts()).toEqual({ 'rule 0': 0, 'rule 1': 2, 'rule 2': 1 });
});

test('a rule holds until its very moment and no longer, which is told once', () => {
  const suppressions = open(rulesOf({ client: '10.0.0.5', name: 'scan' }));
  nowMs = Date.parse(TOMORROW) - 1;
  expect(suppressions.match(verdict({}))).toBe('scan');
  expect(told).toEqual([]);
  nowMs++;
  expect(suppressions.match(verdict({}))).toBeNull();
  expect(suppressions.match(verdict({}))).toBeNull();
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('"scan"');
  expect(suppressions.counts()).toEqual({ scan: 1 });
});

test('a rule that had expired before the start is told at the start', () => {
  const rules = rulesOf({ client: '10.0.0.5', until: '2020-01-01T00:00:00+02:00' }, { client: '10.0.0.6' });
  open(rules);
  expect(told).toHaveLength(1);
  expect(expiredRules(rules, nowMs).map(({ name }) => name)).toEqual(['rule 0']);
});

test.each([
  ['nobody and nothing in particular', { port: 80, side: 'client' }, /at least one of client, server and family/],
  ['everybody by IPv4', { client: '0.0.0.0/0' }, /everybody/],
  ['everybody by IPv6', { server: '::/0' }, /everybody/],
  ['every workload', { client: '*/*/*' }, /everybody/],
  ['no address', { client: '10.0.0.300' }, /expected an IP address/],
  ['too long a prefix', { client: '10.0.0.0/33' }, /expected an IP address/],
  ['no whole workload', { client: 'shop/web' }, /expected an IP address/],
  ['no reason', { client: '10.0.0.5', reason: '  ' }, /say why/],
  ['a day without time and zone', { client: '10.0.0.5', until: '2026-01-01' }, /date and time/],
  [
    'more than a year',
    { client: '10.0.0.5', until: new Date(START_MS + 367 * DAY_MS).toISOString() },
    /more than a year/,
  ],
  ['an unknown family', { family: 'port-scna' }, /family/],
  ['an unknown key', { client: '10.0.0.5', expires: TOMORROW }, /expires/],
])('a rule about %s is refused', (_, rule, message) => {
  expect(() => rulesOf(rule)).toThrow(message);
});

test('a year ahead is allowed, two rules of one name are not', () => {
  expect(rulesOf({ family: 'beacon', until: new Date(START_MS + 365 * DAY_MS).toISOString() })).toHaveLength(1);
  expect(() => rulesOf({ family: 'beacon', name: 'x' }, { family: 'web-attack', name: 'x' })).toThrow(/same name/);
});
