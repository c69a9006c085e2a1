import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiConfig } from '#api/config.ts';
import { ensureAdmin } from '#api/accounts.ts';
import { PASSWORD, startApi } from './api-under-test.ts';
import type { ApiUnderTest } from './api-under-test.ts';

let api: ApiUnderTest;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const logIn = (username: string, password: string, remoteAddress = '192.0.2.1') =>
  api.app.inject({ method: 'POST', url: '/api/login', payload: { username, password }, remoteAddress });

test('the right password gives a bearer token that opens a route', async () => {
  const answer = await logIn('admin', PASSWORD);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  const { access_token: token, token_type: type, expires_in: seconds } = answer.json<Record<string, unknown>>();
  expect({ type, seconds }).toEqual({ type: 'bearer', seconds: 8 * 3600 });

  const alerts = await api.app.inject({ url: '/get-alerts', headers: { authorization: `Bearer ${String(token)}` } });
  expect(alerts.statusCode).toBe(200);
});

test('a form-encoded login works too', async () => {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ username: 'admin', password: PASSWORD }).toString(),
  });
  expect(answer.statusCode).toBe(200);
});

test('a wrong password and an unknown name get the same 401', async () => {
  const wrong = await logIn('admin', 'wrong password');
  const unknown = await logIn('nobody', 'wrong password');
  expect(wrong.statusCode).toBe(401);
  expect(wrong.headers['content-type']).toMatch('application/problem+json');
  expect(wrong.json()).toMatchObject({ status: 401, detail: 'The name or the password is wrong.' });
  expect(unknown.json()).toEqual(wrong.json());
});

test('the audit log has every login, and never what was typed for a name that nobody has', async () => {
  await logIn('admin', 'wrong password');
  await logIn('my-secret-typed-in-the-wrong-field', 'x');
  await logIn('admin', PASSWORD);

  const audit = await api.store.listAudit({ limit: 3 });
  expect(audit.map(({ action, actor, subject }) => [action, actor, subject])).toEqual([
    ['login.succeeded', 'admin', 'login from 192.0.2.1'],
    ['login.failed', 'unknown user', 'login from 192.0.2.1'],
    ['login.failed', 'admin', 'login from 192.0.2.1'],
  ]);
  expect(JSON.stringify(await api.store.listAudit({ limit: 100 }))).not.toContain('my-secret');
});

test('after five wrong passwords even the right one has to wait, at that address only', async () => {
  for (let i = 0; i < 5; i++) expect((await logIn('admin', 'wrong password')).statusCode).toBe(401);

  const locked = await logIn('admin', PASSWORD);
  expect(locked.statusCode).toBe(429);
  expect(locked.headers['retry-after']).toBe('600');
  expect(locked.json()).toMatchObject({ type: 'urn:kubesecure:problem:too-many-attempts' });
  expect((await logIn('admin', PASSWORD, '192.0.2.2')).statusCode).toBe(200);

  api.time.ms += 600_000;
  expect((await logIn('admin', PASSWORD)).statusCode).toBe(200);
});

test('one address may only try so many logins in a minute, whatever the names', async () => {
  await api.close();
  api = await startApi({ settings: ApiConfig.parse({ loginAttemptsPerMinute: 3 }) });
  for (let i = 0; i < 3; i++) expect((await logIn(`guess-${i}`, 'x')).statusCode).toBe(401);

  const limited = await logIn('guess-3', 'x');
  expect(limited.statusCode).toBe(429);
  expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
  expect(limited.headers['content-type']).toMatch('application/problem+json');
});

test('a token ends when its time is up', async () => {
  const headers = { authorization: api.authorization };
  api.time.ms += 8 * 3_600_000 - 1000;
  expect((await api.app.inject({ url: '/api/status', headers })).statusCode).toBe(200);
  api.time.ms += 2000;
  expect((await api.app.inject({ url: '/api/status', headers })).statusCode).toBe(401);
});

test('a new password ends the sessions of the old one', async () => {
  await ensureAdmin({ store: api.store, password: 'another good one', clock: { now: () => api.time.ms } });
  const headers = { authorization: api.authorization };
  expect((await api.app.inject({ url: '/api/status', headers })).statusCode).toBe(401);
});

test.each([
  ['no password', { username: 'admin' }],
  ['an unknown key', { username: 'admin', password: 'x', otp: '1' }],
  ['a number for a name', { username: 7, password: 'x' }],
  ['an endless password', { username: 'admin', password: 'x'.repeat(2000) }],
])('a login with %s is refused as a bad request', async (_what, payload) => {
  const answer = await api.app.inject({ method: 'POST', url: '/api/login', payload });
  expect(answer.statusCode).toBe(400);
  expect(answer.json<{ errors: unknown[] }>().errors).toHaveLength(1);
});
