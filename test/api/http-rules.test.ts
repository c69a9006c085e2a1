import { afterAll, beforeAll, expect, test } from 'vitest';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiConfig } from '#api/config.ts';
import type { Log } from '#core/log.ts';
import { PASSWORD, startApi } from './api-under-test.ts';
import type { ApiUnderTest } from './api-under-test.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const PUBLIC = ['/healthz', '/readyz', '/metrics', '/openapi.json', '/api/login'];

interface Description {
  openapi: string;
  paths: Record<string, Record<string, { security?: object[]; responses: Record<string, object> }>>;
  components: { schemas: Record<string, object>; securitySchemes: object };
}

async function description(): Promise<Description> {
  return (await api.app.inject('/openapi.json')).json<Description>();
}

test('every route in the description but the public ones is closed without a token', async () => {
  const { paths } = await description();
  const closed = Object.entries(paths).filter(([path]) => !PUBLIC.includes(path));
  expect(closed.length).toBeGreaterThanOrEqual(9);

  for (const [path, methods] of closed) {
    for (const method of Object.keys(methods)) {
      const url = path.replace('{id}', 'some-id');
      const answer = await api.app.inject({ method: method.toUpperCase() as 'GET', url });
      expect([path, answer.statusCode]).toEqual([path, 401]);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="kubesecure"');
      expect(answer.headers['content-type']).toMatch('application/problem+json');
    }
  }
});

const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
const admin = Buffer.from(JSON.stringify({ sub: 'admin', iss: 'kubesecure', exp: 9_999_999_999 })).toString(
  'base64url',
);

test.each([
  ['no scheme', (token: string) => token],
  ['another scheme', (token: string) => `Basic ${token}`],
  ['a changed signature', (token: string) => `Bearer ${token.slice(0, -4)}AAAA`],
  ['an unsigned token', () => `Bearer ${none}.${admin}.`],
  ['an unsigned token with a signature', () => `Bearer ${none}.${admin}.AAAA`],
  ['garbage', () => 'Bearer a.b.c'],
])('a token with %s opens nothing', async (_what, forge) => {
  const authorization = forge(api.authorization.replace('Bearer ', ''));
  expect((await api.app.inject({ url: '/api/status', headers: { authorization } })).statusCode).toBe(401);
});

test('the description is OpenAPI 3.1, lists every route, and refers to the records by name', async () => {
  const { openapi, paths, components } = await description();
  expect(openapi).toBe('3.1.0');
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.toSorted()).toEqual([
    'GET /api/audit',
    'GET /api/decisions',
    'GET /api/decisions/{id}',
    'GET /api/status',
    'GET /check_rate_limit',
    'GET /get-alerts',
    'GET /get-alerts/{id}',
    'GET /healthz',
    'GET /metrics',
    'GET /openapi.json',
    'GET /readyz',
    'POST /api/login',
    'POST /apply_rate_limit',
    'POST /revert_rate_limit',
  ]);
  expect(Object.keys(components.schemas)).toEqual(
    expect.arrayContaining(['Alert', 'AuditEntry', 'Decision', 'Problem', 'ReadinessCheck']),
  );
  expect(components.securitySchemes).toHaveProperty('bearer');
});

test('every reference in the description leads somewhere, and every operation has an answer', async () => {
  const document = await description();
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(10);
  for (const [, name] of references) expect(document.components.schemas).toHaveProperty([name]);
  for (const methods of Object.values(document.paths)) {
    for (const { responses } of Object.values(methods)) expect(Object.keys(responses)).not.toHaveLength(0);
  }
});

test.each([
  ['invalid JSON', { 'content-type': 'application/json' }, '{"ingress_name":', 400],
  ['an empty body', { 'content-type': 'application/json' }, '', 400],
  ['no body', {}, undefined, 400],
  ['plain text', { 'content-type': 'text/plain' }, 'ingress_name=web', 415],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'ingress_name=web', 415],
  ['a poisoned prototype', { 'content-type': 'application/json' }, '{"__proto__":{"admin":true}}', 400],
  ['more than 256 kB', { 'content-type': 'application/json' }, JSON.stringify({ a: 'x'.repeat(300_000) }), 413],
])('%s is refused with a problem document', async (_what, headers, payload, status) => {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/revert_rate_limit',
    headers: { ...headers, authorization: api.authorization },
    ...(payload === undefined ? {} : { payload }),
  });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  expect(answer.json()).toMatchObject({ status });
});

test.each([
  '/get-alerts?status=opened',
  '/get-alerts?family=ddos',
  '/get-alerts?since=yesterday',
  '/get-alerts?limit=0',
  '/get-alerts?limit=1001',
  '/get-alerts?limit=ten',
  '/get-alerts?colour=red',
  '/get-alerts?cursor=forged',
  '/get-alerts/some-id?x=1',
  '/api/decisions?state=done',
  '/api/audit?limit=-1',
  '/api/status?verbose=1',
  '/check_rate_limit?ingress_name=web',
])('%s is refused with a problem document', async (url) => {
  const answer = await api.app.inject({ url, headers: { authorization: api.authorization } });
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  expect(answer.json()).toMatchObject({ type: 'urn:kubesecure:problem:bad-input', status: 400 });
});

test('a problem document says where the request is wrong', async () => {
  const answer = await api.app.inject({
    url: '/get-alerts?limit=ten&status=opened',
    headers: { authorization: api.authorization },
  });
  const { errors } = answer.json<{ errors: { path: string }[] }>();
  expect(errors.map(({ path }) => path).toSorted()).toEqual(['querystring/limit', 'querystring/status']);
});

test('an unknown path is 404, a broken one 400, both as problem documents', async () => {
  const unknown = await api.app.inject('/api/nothing?secret=1');
  expect(unknown.json()).toMatchObject({ status: 404, detail: 'There is no GET /api/nothing here.' });
  expect((await api.app.inject('/get-alerts/%E0%A4%A')).json()).toMatchObject({ status: 400 });
});

test('an internal error tells the caller nothing but where to look, and the log everything', async () => {
  const lines: object[] = [];
  const own = await startApi({ log: logInto(lines) }, (store) => ({
    ...store,
    listAudit: () => Promise.reject(new TypeError('secret at /var/lib/thing')),
  }));
  const answer = await own.app.inject({ url: '/api/audit', headers: { authorization: own.authorization } });
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('secret');
  const requestId = /request ([\w-]+)/.exec(answer.json<{ detail: string }>().detail)?.[1];
  expect(lines).toContainEqual(expect.objectContaining({ level: 'error', requestId, route: '/api/audit' }));
  await own.close();
});

test('the request log names route and person, and never a password or a token', async () => {
  const lines: object[] = [];
  const own = await startApi({ log: logInto(lines) });
  await own.app.inject({ url: '/get-alerts?limit=5&token=abc', headers: { authorization: own.authorization } });
  await own.app.inject({ url: '/get-alerts?limit=5', headers: { authorization: own.authorization } });

  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'debug', method: 'GET', route: '/get-alerts', status: 200, actor: 'admin' }),
  );
  const text = JSON.stringify(lines);
  for (const secret of [PASSWORD, own.authorization.slice(7), 'abc', 'limit=5']) expect(text).not.toContain(secret);
  await own.close();
});

test('every answer carries the rules for browsers', async () => {
  for (const url of ['/healthz', '/api/status', '/nowhere']) {
    const { headers } = await api.app.inject(url);
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  }
});

test('only an origin that the settings name may call from another site', async () => {
  const own = await startApi({ settings: ApiConfig.parse({ corsOrigins: ['https://ops.example'] }) });
  const from = (origin: string, method: 'GET' | 'OPTIONS' = 'GET') =>
    own.app.inject({ method, url: '/api/status', headers: { origin } });

  expect((await from('https://ops.example')).headers['access-control-allow-origin']).toBe('https://ops.example');
  const preflight = await from('https://ops.example', 'OPTIONS');
  expect(preflight.statusCode).toBe(204);
  expect(preflight.headers['access-control-allow-headers']).toContain('Authorization');
  expect((await from('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
  expect((await from('https://evil.example', 'OPTIONS')).statusCode).toBe(404);
  await own.close();
});

test('the page is served without a token, and nothing outside its folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-web-'));
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'dist', 'index.html'), '<title>KubeSecure</title>');
  writeFileSync(join(folder, 'dist', 'assets', 'index-abc.js'), 'void 0;');
  const own = await startApi({ webRoot: join(folder, 'dist') });

  const page = await own.app.inject('/');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-type']).toMatch('text/html');
  expect(page.headers['cache-control']).toBe('no-cache');
  expect((await own.app.inject('/assets/index-abc.js')).headers['cache-control']).toContain('immutable');
  for (const url of ['/../secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt']) {
    expect((await own.app.inject(url)).body).not.toBe('secret');
    expect((await own.app.inject(url)).statusCode).toBeGreaterThanOrEqual(400);
  }
  rmSync(folder, { recursive: true });
  await own.close();
});

test('without a built page the root says where the API is', async () => {
  expect((await api.app.inject('/')).json()).toMatchObject({
    status: 404,
    detail: expect.stringContaining('/openapi.json') as string,
  });
});

function logInto(lines: object[]): Log {
  const write = (level: string) => (fields: object, message: string) => void lines.push({ level, message, ...fields });
  return { info: write('info'), warn: write('warn'), error: write('error'), debug: write('debug') };
}
