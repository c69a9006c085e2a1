import { expect, test } from 'vitest';
import type { RateLimit } from '#core/decision.ts';
import { ingressNginx } from './ingress-nginx.ts';

const PREFIX = 'nginx.ingress.kubernetes.io/limit-';
const limit = (changes: Partial<RateLimit>): RateLimit => ({
  rps: null,
  rpm: null,
  burst: null,
  connections: null,
  ...changes,
});

function short(annotations: Readonly<Record<string, string>> | undefined): object {
  return Object.fromEntries(Object.entries(annotations ?? {}).map(([key, value]) => [key.replace(PREFIX, ''), value]));
}

test.each([
  [limit({ rps: 10, burst: 20 }), { rps: '10', 'burst-multiplier': '2' }],
  [limit({ rps: 10, burst: 21 }), { rps: '10', 'burst-multiplier': '3' }],
  [limit({ rps: 10, burst: 5 }), { rps: '10', 'burst-multiplier': '1' }],
  [limit({ rpm: 30 }), { rpm: '30' }],
  [limit({ rpm: 30, burst: 61, connections: 4 }), { rpm: '30', 'burst-multiplier': '3', connections: '4' }],
])('a wish becomes annotations that exist', (wish, annotations) => {
  expect(short(ingressNginx.write(wish, {}).annotations)).toEqual(annotations);
});

test('what the controller cannot do exactly is said', () => {
  expect(ingressNginx.write(limit({ rps: 10, burst: 20 }), {}).notes).toEqual([
    'burst 20 is written as limit-burst-multiplier 2',
  ]);
  expect(ingressNginx.write(limit({ rps: 10, burst: 5 }), {}).notes).toEqual([
    'burst 5 is written as limit-burst-multiplier 1, a burst of 10: the burst cannot be smaller than the rate',
  ]);
});

test.each([
  ['nothing', {}, { rps: '10' }],
  ['a looser rate', { rps: '11' }, { rps: '10' }],
  ['the same rate', { rps: '10' }, null],
  ['the same rate per minute', { rpm: '600' }, null],
  ['a looser rate per minute', { rpm: '601' }, { rps: '10' }],
  ['zero, which limits nothing', { rps: '0' }, { rps: '10' }],
  ['garbage', { rps: '1e1' }, { rps: '10' }],
])('where %s stands, ten a second tightens it or is refused', (_what, standing, expected) => {
  const annotations = Object.fromEntries(Object.entries(standing).map(([key, value]) => [PREFIX + key, value]));
  const written = ingressNginx.tighten(limit({ rps: 10 }), annotations);
  expect(written === null ? null : short(written.annotations)).toEqual(expected);
});

test('fewer connections are wanted even where the rate is strict enough', () => {
  const standing = { [`${PREFIX}rps`]: '5', [`${PREFIX}connections`]: '50' };
  const written = ingressNginx.tighten(limit({ rps: 10, burst: 100, connections: 8 }), standing);
  expect(short(written?.annotations)).toEqual({ connections: '8' });
});

test('it asks for no right but to read and patch Ingresses and to record events', () => {
  expect(ingressNginx.rbac.map(({ resource, verbs }) => [resource, verbs])).toEqual([
    ['ingresses', ['get', 'patch']],
    ['events', ['create']],
  ]);
});
