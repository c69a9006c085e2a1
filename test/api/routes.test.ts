import { afterEach, beforeEach, expect, test } from 'vitest';
import { KubeSecureError } from '#core/error.ts';
import { startApi, SENSOR } from './api-under-test.ts';
import type { ApiUnderTest } from './api-under-test.ts';
import { httpFlood, limitOnShop, portScan, synFlood } from './records.ts';

let api: ApiUnderTest;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const get = (url: string) => api.app.inject({ url, headers: { authorization: api.authorization } });

async function saveThreeAlerts(): Promise<void> {
  await api.store.saveAlert(portScan(api.time.ms - 20 * 60_000, { status: 'resolved' }), []);
  await api.store.saveAlert(synFlood(api.time.ms - 10 * 60_000), []);
  await api.store.saveAlert(httpFlood(api.time.ms - 60_000), []);
}

test('alerts come newest first, whole, as a plain array', async () => {
  await saveThreeAlerts();
  const answer = await get('/get-alerts');
  expect(answer.statusCode).toBe(200);
  const alerts = answer.json<unknown[]>();
  expect(alerts).toHaveLength(3);
  expect(alerts[0]).toEqual(httpFlood(api.time.ms - 60_000));
  expect(answer.headers['x-next-cursor']).toBeUndefined();
});

test.each([
  ['status=resolved', ['port-scan']],
  ['family=syn-flood', ['syn-flood']],
  ['severity=high', ['http-flood', 'syn-flood']],
  ['namespace=shop', ['http-flood', 'syn-flood']],
  ['since=2026-01-05T08:58:00Z', ['http-flood']],
  ['until=2026-01-05T09:45:00%2B01:00', ['port-scan']],
])('alerts are filtered by %s', async (query, families) => {
  await saveThreeAlerts();
  const alerts = (await get(`/get-alerts?${query}`)).json<{ family: string }[]>();
  expect(alerts.map(({ family }) => family)).toEqual(families);
});

test('the cursor of a page leads to the rest, and so does its link', async () => {
  await saveThreeAlerts();
  const first = await get('/get-alerts?limit=2&status=open&severity=high');
  expect(first.headers['x-next-cursor']).toBeUndefined();

  const page = await get('/get-alerts?limit=2');
  const link = /^<(.*)>; rel="next"$/.exec(String(page.headers.link))?.[1] ?? '';
  expect(link).toContain(`cursor=${encodeURIComponent(String(page.headers['x-next-cursor']))}`);
  const rest = await get(link);
  expect(rest.json<{ family: string }[]>().map(({ family }) => family)).toEqual(['port-scan']);
  expect(rest.headers.link).toBeUndefined();
});

test('one alert and one decision can be read by id, and an unknown one is 404', async () => {
  await saveThreeAlerts();
  await api.store.saveDecision(limitOnShop(api.time.ms), [], []);
  expect((await get('/get-alerts/alert-syn-flood')).json()).toMatchObject({ family: 'syn-flood' });
  expect((await get('/api/decisions/decision-shop-web')).json()).toEqual(limitOnShop(api.time.ms));

  for (const url of ['/get-alerts/none', '/api/decisions/none']) {
    const answer = await get(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ type: 'urn:kubesecure:problem:not-found' });
  }
});

test('decisions are filtered by one state or several', async () => {
  await api.store.saveDecision(limitOnShop(api.time.ms), [], []);
  await api.store.saveDecision(limitOnShop(api.time.ms, { id: 'old', state: 'expired' }), [], []);
  await api.store.saveDecision(limitOnShop(api.time.ms, { id: 'dry', state: 'simulated', dryRun: true }), [], []);

  const idsOf = async (query: string) =>
    (await get(`/api/decisions${query}`)).json<{ id: string }[]>().map(({ id }) => id);
  expect((await idsOf('')).toSorted()).toEqual(['decision-shop-web', 'dry', 'old']);
  expect(await idsOf('?state=expired')).toEqual(['old']);
  expect((await idsOf('?state=applied&state=simulated')).toSorted()).toEqual(['decision-shop-web', 'dry']);
});

test('the audit log can be read, newest first', async () => {
  const [newest] = (await get('/api/audit?limit=1')).json<{ action: string }[]>();
  expect(newest).toMatchObject({ action: 'login.succeeded', actor: 'admin' });
});

test('the status counts open alerts and decisions whose time is not up', async () => {
  await saveThreeAlerts();
  await api.store.saveDecision(limitOnShop(api.time.ms), [], []);
  await api.store.saveDecision(limitOnShop(api.time.ms, { id: 'dry', state: 'simulated', dryRun: true }), [], []);
  await api.store.saveDecision(
    limitOnShop(api.time.ms, { id: 'over', state: 'simulated', until: new Date(api.time.ms - 1).toISOString() }),
    [],
    [],
  );

  expect((await get('/api/status')).json()).toEqual({
    version: '0.0.0-test',
    now: '2026-01-05T09:00:00.000Z',
    responseMode: 'dry-run',
    source: SENSOR.source,
    canLimit: false,
    sensor: SENSOR,
    counts: {
      openAlerts: 2,
      moreOpenAlerts: false,
      decisionsInForce: 1,
      decisionsSimulated: 1,
      pendingNotifications: 0,
    },
    ready: true,
    checks: [{ name: 'store', ok: true, detail: '' }],
  });
});

test('readiness is 503 with the whole list as soon as one check fails', async () => {
  const checks = [
    { name: 'store', ok: true, detail: '' },
    { name: 'cluster', ok: false, detail: 'https://10.0.0.1:6443 does not answer' },
  ];
  await api.close();
  api = await startApi({ readiness: () => Promise.resolve(checks) });
  const answer = await api.app.inject('/readyz');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toEqual({ ready: false, checks });
});

test('health, readiness, metrics and the description need no token', async () => {
  expect((await api.app.inject('/healthz')).json()).toEqual({ status: 'ok' });
  expect((await api.app.inject('/readyz')).statusCode).toBe(200);
  expect((await api.app.inject('/openapi.json')).statusCode).toBe(200);
  const metrics = await api.app.inject('/metrics');
  expect(metrics.headers['content-type']).toBe('text/plain; version=0.0.4');
  expect(metrics.body).toBe('kubesecure_up 1\n');
});

test('a store that does not answer is 503, and says so', async () => {
  await api.close();
  const refusal = new KubeSecureError('unavailable', 'while reading alerts: the disk is full');
  api = await startApi({}, (store) => ({ ...store, listAlerts: () => Promise.reject(refusal) }));
  const answer = await get('/get-alerts');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({ detail: 'while reading alerts: the disk is full' });
});
