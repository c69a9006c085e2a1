import { expect, test } from 'vitest';
import { ResponseConfig } from './config.ts';

test('by default a flood of requests is answered by a dry run of ten minutes', () => {
  expect(ResponseConfig.parse({})).toEqual({
    mode: 'dry-run',
    rules: [{ family: 'http-flood', limit: { rps: 10, rpm: null, burst: 20, connections: null }, ttl: '10m' }],
    targets: [],
    never: ['kube-system'],
    maxActive: 20,
    manualTtl: '10m',
    retry: { firstDelay: '1s', maxDelay: '60s' },
  });
});

const rule = { family: 'http-flood', limit: { rps: 10 } };
const target = { address: '10.0.0.1', namespace: 'shop', ingress: 'web' };

test.each([
  ['mode', { mode: 'on' }],
  ['rules.0.family', { rules: [{ ...rule, family: 'flood' }] }],
  ['rules.0.limit', { rules: [{ ...rule, limit: {} }] }],
  ['rules.0.limit', { rules: [{ ...rule, limit: { rps: 1, rpm: 1 } }] }],
  ['rules.0.limit.rps', { rules: [{ ...rule, limit: { rps: 0.5 } }] }],
  ['rules.0.ttl', { rules: [{ ...rule, ttl: '5s' }] }],
  ['rules.0.ttl', { rules: [{ ...rule, ttl: '25h' }] }],
  ['rules.0.ttl', { rules: [{ ...rule, ttl: 'soon' }] }],
  ['targets.0.address', { targets: [{ ...target, address: '10.0.0.0/33' }] }],
  ['targets.0.address', { targets: [{ ...target, address: 'shop' }] }],
  ['targets.0.port', { targets: [{ ...target, port: 0 }] }],
  ['maxActive', { maxActive: 0 }],
  ['retry.maxDelay', { retry: { maxDelay: '2h' } }],
])('a wrong %s is refused by its path', (path, settings) => {
  const parsed = ResponseConfig.safeParse(settings);
  expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
});

test('an unknown key is refused', () => {
  expect(ResponseConfig.safeParse({ modus: 'enforce' }).success).toBe(false);
});
