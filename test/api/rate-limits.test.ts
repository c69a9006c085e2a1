import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ApplyLimitRequest, LimitOperations } from '#api/limit-operations.ts';
import type { Decision } from '#core/decision.ts';
import { KubeSecureError } from '#core/error.ts';
import type { ErrorCode } from '#core/error.ts';
import { startApi } from './api-under-test.ts';
import type { ApiUnderTest } from './api-under-test.ts';
import { limitOnShop } from './records.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 9);

let api: ApiUnderTest;
let asked: ApplyLimitRequest[];
let outcome: () => Decision;

const limits: LimitOperations = {
  apply(request) {
    asked.push(request);
    return Promise.resolve().then(() => ({ decision: outcome(), notes: ['limit-rps was 50'] }));
  },
  revert: ({ ref, actor }) =>
    Promise.resolve().then(() => {
      if (ref.name === 'untouched') return { decision: null, notes: [] };
      return { decision: { ...outcome(), state: 'reverted', reason: `by ${actor}` } as const, notes: [] };
    }),
  check: () =>
    Promise.resolve().then(() => ({
      annotations: { 'nginx.ingress.kubernetes.io/limit-rps': '10' },
      owners: { 'nginx.ingress.kubernetes.io/limit-rps': ['kubesecure'] },
      decision: outcome(),
    })),
};

beforeAll(async () => {
  api = await startApi({ limits });
});
afterAll(() => api.close());
beforeEach(() => {
  asked = [];
  outcome = () => limitOnShop(NOW_MS);
});

const SHOP = { ingress_name: 'web', namespace: 'shop' };
const post = (url: string, payload: object, { app, authorization } = api) =>
  app.inject({ method: 'POST', url, payload, headers: { authorization } });

test('a limit is handed over with everything that was asked, and by whom', async () => {
  const answer = await post('/apply_rate_limit', {
    ...SHOP,
    rpm: 600,
    burst: 20,
    connections: 5,
    ttl: '10m',
    dry_run: true,
  });
  expect(answer.statusCode).toBe(200);
  expect(asked).toEqual([
    {
      ref: { namespace: 'shop', name: 'web' },
      limit: { rps: null, rpm: 600, burst: 20, connections: 5 },
      ttlMs: 600_000,
      dryRun: true,
      actor: 'admin',
    },
  ]);
  expect(answer.json()).toEqual({
    message: 'The limit is in force on ingress shop/web until 2026-01-05T09:10:00.000Z.',
    decision: limitOnShop(NOW_MS),
    notes: ['limit-rps was 50'],
  });
});

test('what is left out is left to the configuration', async () => {
  await post('/apply_rate_limit', { ...SHOP, rps: 10 });
  expect(asked).toMatchObject([
    { limit: { rps: 10, rpm: null, burst: null, connections: null }, ttlMs: null, dryRun: false },
  ]);
});

test.each([
  ['simulated', 200],
  ['planned', 202],
  ['refused', 409],
  ['superseded', 409],
  ['failed', 503],
] as const)('a decision that ends up %s answers %d and shows the decision', async (state, status) => {
  outcome = () => limitOnShop(NOW_MS, { state, reason: 'the reason' });
  const answer = await post('/apply_rate_limit', { ...SHOP, rps: 10 });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ decision: { state, reason: 'the reason' } });
});

test.each([
  ['both rps and rpm', { ...SHOP, rps: 1, rpm: 1 }],
  ['neither rps nor rpm', SHOP],
  ['a rate of zero', { ...SHOP, rps: 0 }],
  ['a broken rate', { ...SHOP, rps: 1.5 }],
  ['a rate in words', { ...SHOP, rps: '10' }],
  ['a ttl without a unit', { ...SHOP, rps: 10, ttl: '10' }],
  ['no namespace', { ingress_name: 'web', rps: 10 }],
  ['a name with a slash', { ...SHOP, ingress_name: '../web', rps: 10 }],
  ['an unknown key', { ...SHOP, rps: 10, force: true }],
])('a limit with %s is refused before anything is touched', async (_what, payload) => {
  const answer = await post('/apply_rate_limit', payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  expect(asked).toEqual([]);
});

test.each<[ErrorCode, number]>([
  ['bad-input', 400],
  ['not-found', 404],
  ['conflict', 409],
  ['forbidden', 403],
  ['unavailable', 503],
])('the error %s becomes %d with its message', async (code, status) => {
  outcome = () => {
    throw new KubeSecureError(code, 'while limiting ingress shop/web: the cause');
  };
  for (const answer of [
    await post('/apply_rate_limit', { ...SHOP, rps: 10 }),
    await post('/revert_rate_limit', SHOP),
    await api.app.inject({ url: '/check_rate_limit', query: SHOP, headers: { authorization: api.authorization } }),
  ]) {
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ status, detail: 'while limiting ingress shop/web: the cause' });
  }
});

test('a revert names the person and says what is back', async () => {
  const answer = await post('/revert_rate_limit', SHOP);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    message: 'What stood before is back on ingress shop/web.',
    decision: { state: 'reverted', reason: 'by admin' },
  });
});

test('a revert where nothing of ours is in force is 404', async () => {
  const answer = await post('/revert_rate_limit', { ...SHOP, ingress_name: 'untouched' });
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toMatchObject({
    detail: 'while reverting the limit on ingress shop/untouched: nothing of KubeSecure is in force there',
  });
});

test('a revert that the cluster does not take now is accepted, and says when it is tried again', async () => {
  const owed = limitOnShop(NOW_MS, {
    revertAskedBy: 'admin',
    reason: 'no answer',
    nextAttemptAt: '2026-01-05T09:00:05.000Z',
  });
  const own = await startApi({ limits: { ...limits, revert: () => Promise.resolve({ decision: owed, notes: [] }) } });
  const answer = await post('/revert_rate_limit', SHOP, own);
  await own.close();
  expect(answer.statusCode).toBe(202);
  expect(answer.json<{ message: string }>().message).toBe(
    'What stood before will be back on ingress shop/web, tried again at 2026-01-05T09:00:05.000Z: no answer.',
  );
});

test('a check tells the limits in force and who set them', async () => {
  const answer = await api.app.inject({
    url: '/check_rate_limit?ingress_name=web&namespace=shop',
    headers: { authorization: api.authorization },
  });
  expect(answer.json()).toEqual({
    ...SHOP,
    annotations: { 'nginx.ingress.kubernetes.io/limit-rps': '10' },
    owners: { 'nginx.ingress.kubernetes.io/limit-rps': ['kubesecure'] },
    decision: limitOnShop(NOW_MS),
  });
});

test('without a cluster the three routes are 503 and say what to do', async () => {
  const own = await startApi({ limits: null });
  const answer = await post('/revert_rate_limit', SHOP, own);
  await own.close();
  expect(answer.statusCode).toBe(503);
  expect(answer.json<{ detail: string }>().detail).toContain('KUBECONFIG');
});
