import { expect, test } from 'vitest';
import { ResponseConfig } from './config.ts';
import { describeVictim, ingressesFor, parseVictim } from './targets.ts';

const { targets } = ResponseConfig.parse({
  targets: [
    { address: '10.0.0.0/24', port: 80, namespace: 'shop', ingress: 'web' },
    { address: '2001:db8::/64', namespace: 'shop', ingress: 'six' },
  ],
});

test.each([
  ['10.0.0.9', 80, 'web'],
  ['10.0.0.9', null, 'web'],
  ['2001:db8::5', 443, 'six'],
])('%s port %s is behind the Ingress that the settings name', (ip, port, name) => {
  expect(ingressesFor({ ip, port }, targets, null)).toEqual([{ namespace: 'shop', name }]);
});

test.each([
  ['10.0.0.9', 443],
  ['10.0.1.9', 80],
  ['2001:db9::5', 80],
  ['not an address', 80],
])('%s port %s is behind none of them', (ip, port) => {
  expect(ingressesFor({ ip, port }, targets, null)).toEqual([]);
});

test.each([
  { ip: '10.0.0.1', port: 80 },
  { ip: '10.0.0.1', port: null },
  { ip: '2001:db8::1', port: 443 },
  { ip: '2001:db8::1', port: null },
])('a victim is read back from its words: %o', (victim) => {
  expect(parseVictim(describeVictim(victim))).toEqual(victim);
});
