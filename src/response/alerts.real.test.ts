import { expect } from 'vitest';
import { CONNECTIONS, MULTIPLIER, RPM, RPS } from '../../test/rigs/api-rig.ts';
import type { ClusterView } from '#core/cluster-view.ts';
import type { IngressRef } from '#core/decision.ts';
import { createResponderRig, flood, leadingTo } from '../../test/rigs/responder-rig.ts';
import { useApiServer } from '../../test/rigs/api-server.ts';

const server = await useApiServer('alerts');
const { test, namespaceWith } = server;

/** A cluster whose view gives the same answer for every address. */
const seeing = (...namespaces: string[]): ClusterView => ({
  workloadOf: () => null,
  ingressesOf: (): IngressRef[] => namespaces.map((namespace) => ({ namespace, name: 'web' })),
  health: () => ({ reachable: true, reason: '' }),
});

const annotationsIn = async (namespace: string): Promise<unknown> =>
  (await server.rig.readIngress(namespace)).metadata.annotations;

test('by default a rule only says what it would do', async () => {
  const name = await namespaceWith({ [RPS]: '50' });
  const before = await server.rig.readIngress(name);
  const { responder, clock, store } = createResponderRig(server.rig.api);

  const [decision] = await responder({ settings: { mode: 'dry-run', ...leadingTo(name) } }).onAlert(flood(clock));

  expect(decision).toMatchObject({
    state: 'simulated',
    dryRun: true,
    written: { [RPS]: '10', [MULTIPLIER]: '2' },
    previous: [
      { key: RPS, value: '50' },
      { key: MULTIPLIER, value: null },
    ],
  });
  expect(await server.rig.readIngress(name)).toEqual(before);
  expect(await store.countPendingNotifications()).toBe(1);
});

test('an alert’s updates change nothing, and a new alert gives more time without a second patch', async () => {
  const name = await namespaceWith();
  const { responder, clock, store, audit } = createResponderRig(server.rig.api);
  const response = responder({ settings: leadingTo(name) });
  await response.onAlert(flood(clock));
  const limited = await server.rig.readIngress(name);
  clock.advance(300_000);

  expect(await response.onAlert(flood(clock, { verdicts: 9 }))).toEqual([]);
  const [extended] = await response.onAlert(flood(clock, { id: 'alert-2' }));

  expect(extended?.id).toBe('alert-1.0');
  expect(Date.parse(extended?.until ?? '')).toBe(clock.now() + 600_000);
  expect((await audit('alert-1.0')).at(-1)).toMatch(/^decision.extended: until .* http-flood again \(alert alert-2\)$/);
  expect(await server.rig.readIngress(name)).toEqual(limited);
  expect((await store.listDecisions({ limit: 9 })).map(({ id }) => id)).toEqual(['alert-1.0']);
  expect((await server.rig.eventsOf(name)).map(({ reason }) => reason)).toContain('RateLimitExtended');
});

test.each([
  ['the same rate', { [RPS]: '10' }],
  ['a lower rate', { [RPS]: '3' }],
  ['a lower rate per minute', { [RPM]: '500' }],
  ['both, one of them lower', { [RPS]: '50', [RPM]: '500' }],
])('a person’s limit that is as strict already (%s) is not touched', async (_what, annotations) => {
  const name = await namespaceWith(annotations);
  const before = await server.rig.readIngress(name);
  const { responder, clock } = createResponderRig(server.rig.api);

  const [decision] = await responder({ settings: leadingTo(name) }).onAlert(flood(clock));

  expect(decision).toMatchObject({
    state: 'refused',
    reason: expect.stringContaining('already stricter'),
    written: {},
  });
  expect(await server.rig.readIngress(name)).toEqual(before);
});

test.each([
  ['a value that the controller ignores', { [RPS]: 'many' }, { [RPS]: '10', [MULTIPLIER]: '2' }],
  ['a looser rate per minute', { [RPM]: '6000' }, { [RPM]: '6000', [RPS]: '10', [MULTIPLIER]: '2' }],
  [
    'a rate whose bursts are narrower',
    { [RPM]: '6000', [MULTIPLIER]: '1' },
    { [RPM]: '6000', [MULTIPLIER]: '1', [RPS]: '10' },
  ],
  ['fewer connections', { [CONNECTIONS]: '3' }, { [CONNECTIONS]: '3', [RPS]: '10', [MULTIPLIER]: '2' }],
])('a limit is made stricter, never looser, where there is %s', async (_what, annotations, expected) => {
  const name = await namespaceWith(annotations);
  const { responder, clock } = createResponderRig(server.rig.api);
  const rules = [{ family: 'http-flood', limit: { rps: 10, burst: 20, connections: 8 } }];
  const limitOnly = 'fewer connections' === _what ? rules : [{ family: 'http-flood', limit: { rps: 10, burst: 20 } }];

  await responder({ settings: { rules: limitOnly, ...leadingTo(name) } }).onAlert(flood(clock));

  expect(await annotationsIn(name)).toEqual(expected);
});

test('a person’s looser limit gives way to a rule’s, and the end brings back what stood before both', async () => {
  const name = await namespaceWith({ [RPS]: '50' });
  const { responder, clock, store } = createResponderRig(server.rig.api);
  const response = responder({ settings: leadingTo(name) });
  const limit = { rps: 20, rpm: null, burst: null, connections: null };
  const ref = { namespace: name, name: 'web' };
  const manual = await response.apply({ ref, limit, ttlMs: 3_600_000, dryRun: false, actor: 'ada' });
  clock.advance(1_000);

  const [tightened] = await response.onAlert(flood(clock));
  expect(tightened).toMatchObject({ state: 'applied', until: manual.decision.until });
  expect(await annotationsIn(name)).toEqual({ [RPS]: '10', [MULTIPLIER]: '2' });
  expect((await store.getDecision(manual.decision.id))?.state).toBe('superseded');
  clock.advance(3_600_000);
  await response.tick();
  expect(await annotationsIn(name)).toEqual({ [RPS]: '50' });
});

test('every Ingress that leads to the victim is limited, but those that must never be touched', async () => {
  const [one, two, never] = [await namespaceWith(), await namespaceWith(), await namespaceWith()];
  const { responder, clock } = createResponderRig(server.rig.api);
  const response = responder({ view: seeing(one, two, never), settings: { never: [never] } });

  const decisions = await response.onAlert(flood(clock));

  expect(decisions.map(({ state, reason }) => [state, reason])).toEqual([
    ['applied', expect.stringContaining('limit-burst-multiplier 2')],
    ['applied', expect.stringContaining('limit-burst-multiplier 2')],
    ['refused', `namespace ${never} is in response.never`],
  ]);
  expect(await annotationsIn(never)).toBeUndefined();
});

test('rules hold at most as many limits at once as they may', async () => {
  const [one, two] = [await namespaceWith(), await namespaceWith()];
  const { responder, clock } = createResponderRig(server.rig.api);
  const response = responder({ view: seeing(one, two), settings: { maxActive: 1 } });

  const decisions = await response.onAlert(flood(clock));

  expect(decisions.map(({ state }) => state).toSorted()).toEqual(['applied', 'refused']);
});
