import { expect } from 'vitest';
import { MULTIPLIER, ownership, RPS, withoutBookkeeping } from '../../test/rigs/api-rig.ts';
import type { IngressApi } from '#core/ingress-api.ts';
import { systemClock } from '#core/clock.ts';
import type { Store } from '#core/store.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';
import { createResponderRig, flood, leadingTo } from '../../test/rigs/responder-rig.ts';
import { useApiServer } from '../../test/rigs/api-server.ts';

const server = await useApiServer('restart');
const { test, namespaceWith } = server;

/** Never settles, as nothing does in a process that was killed. */
const killed = (): Promise<never> => new Promise(() => {});

/** Lets what is under way get as far as it can. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));

const EVERY_MOMENT: [string, (api: IngressApi) => IngressApi, (store: Store) => Store][] = [
  ['after the decision was stored', (api) => ({ ...api, read: killed }), (store) => store],
  [
    'after the Ingress was read',
    (api) => api,
    (store) => ({
      ...store,
      saveDecision: (decision, ...rest) =>
        decision.previous.length > 0 ? killed() : store.saveDecision(decision, ...rest),
    }),
  ],
  ['before the Ingress was changed', (api) => ({ ...api, applyAnnotations: killed }), (store) => store],
  [
    'after the Ingress was changed, before that was stored',
    (api) => ({
      ...api,
      async applyAnnotations(...call) {
        await api.applyAnnotations(...call);
        return killed();
      },
    }),
    (store) => store,
  ],
  ['after it was stored that it is in force', (api) => ({ ...api, recordEvent: killed }), (store) => store],
];

test.each(EVERY_MOMENT)(
  'killed %s, the limit holds after the restart and the end is exact',
  async (_when, wrapApi, wrapStore) => {
    const name = await namespaceWith({ [RPS]: '50', note: 'mine' });
    const before = await server.rig.readIngress(name);
    const { responder, clock, store, audit } = createResponderRig(server.rig.api);
    const settings = leadingTo(name);
    void responder({ api: wrapApi(server.rig.api), store: wrapStore(store), settings }).onAlert(flood(clock));
    await settle();

    const restarted = responder({ settings });
    await restarted.reconcile();
    await restarted.onAlert(flood(clock));

    expect((await store.getDecision('alert-1.0'))?.state).toBe('applied');
    const limited = await server.rig.readIngress(name);
    expect(limited.metadata.annotations).toEqual({ [RPS]: '10', [MULTIPLIER]: '2', note: 'mine' });
    expect((await audit('alert-1.0')).filter((line) => line.startsWith('decision.applied'))).toHaveLength(1);
    clock.advance(600_000);
    await responder({ settings }).reconcile();
    const after = await server.rig.readIngress(name);
    expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
    expect(ownership(after)).toEqual(ownership(before));
    expect((await store.getDecision('alert-1.0'))?.state).toBe('expired');
  },
);

test('killed between the value and its owner being put back, the undo is finished after the restart', async () => {
  const name = await namespaceWith({ [RPS]: '50' });
  const before = await server.rig.readIngress(name);
  const { responder, clock, store } = createResponderRig(server.rig.api);
  const settings = leadingTo(name);
  await responder({ settings }).onAlert(flood(clock));
  clock.advance(600_000);
  // The first of the two steps of the undo is an apply of the former values.
  await server.rig.api.applyAnnotations({ namespace: name, name: 'web' }, { [RPS]: '50' }, { dryRun: false });

  await responder({ settings }).reconcile();

  const after = await server.rig.readIngress(name);
  expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
  expect(ownership(after)).toEqual(ownership(before));
  expect(await store.getDecision('alert-1.0')).toMatchObject({ state: 'expired', reason: '' });
});

test('killed between the undo and its being stored, nothing is undone twice', async () => {
  const name = await namespaceWith({ [RPS]: '50' });
  const { responder, clock, store } = createResponderRig(server.rig.api);
  const settings = leadingTo(name);
  await responder({ settings }).onAlert(flood(clock));
  clock.advance(600_000);
  const stuck = { ...store, saveDecision: killed };
  void responder({ settings, store: stuck }).tick();
  await settle();
  const undone = await server.rig.readIngress(name);

  await responder({ settings }).reconcile();

  expect(await server.rig.readIngress(name)).toEqual(undone);
  expect(undone.metadata.annotations).toEqual({ [RPS]: '50' });
  expect(await store.getDecision('alert-1.0')).toMatchObject({ state: 'expired', reason: '' });
});

test('killed while one decision took the place of another, the end brings back what stood before both', async () => {
  const name = await namespaceWith({ [RPS]: '50' });
  const before = await server.rig.readIngress(name);
  const { responder, clock, store } = createResponderRig(server.rig.api);
  const ref = { namespace: name, name: 'web' };
  const limit = { rps: 7, rpm: null, burst: 14, connections: null };
  const first = await responder().apply({ ref, limit, ttlMs: 60_000, dryRun: false, actor: 'ada' });
  clock.advance(1_000);
  const dying: Store = {
    ...store,
    saveDecision: (decision, ...rest) =>
      decision.state === 'superseded' ? killed() : store.saveDecision(decision, ...rest),
  };
  void responder({ store: dying }).apply({
    ref,
    limit: { ...limit, rps: null, rpm: 5, burst: null },
    ttlMs: 600_000,
    dryRun: false,
    actor: 'bob',
  });
  await settle();

  await responder().reconcile();
  expect((await store.getDecision(first.decision.id))?.state).toBe('superseded');
  expect((await store.listDecisions({ states: ['applied'], limit: 9 })).map(({ origin }) => origin)).toEqual(['bob']);
  clock.advance(600_000);
  await responder().tick();

  const after = await server.rig.readIngress(name);
  expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
  expect(ownership(after)).toEqual(ownership(before));
});

test('a limit that somebody took away while we were down is said, and not fought', async () => {
  const name = await namespaceWith();
  const { responder, clock, store } = createResponderRig(server.rig.api);
  const settings = leadingTo(name);
  await responder({ settings }).onAlert(flood(clock));
  await server.rig.annotate(name, { [RPS]: null, [MULTIPLIER]: null });

  await responder({ settings }).reconcile();

  expect(await store.getDecision('alert-1.0')).toMatchObject({
    state: 'reverted',
    reason: expect.stringContaining('somebody took the limit away'),
  });
  expect((await server.rig.readIngress(name)).metadata.annotations).toBeUndefined();
});

test('an alert that was stored but not decided about is decided about after the restart, once', async () => {
  const name = await namespaceWith();
  const { responder, clock, store } = createResponderRig(server.rig.api);
  const settings = leadingTo(name);
  await store.saveAlert(flood(clock), []);
  await store.saveAlert(flood(clock, { id: 'old', timestamp: new Date(clock.now() - 600_000).toISOString() }), []);

  await responder({ settings }).reconcile();
  await responder({ settings }).reconcile();

  expect((await store.listDecisions({ limit: 9 })).map(({ id, state }) => [id, state])).toEqual([
    ['alert-1.0', 'applied'],
  ]);
});

test('two processes on one store that end the same decision at the same time restore it once', async () => {
  const name = await namespaceWith({ [RPS]: '50' });
  const before = await server.rig.readIngress(name);
  const { responder, clock, store, path } = createResponderRig(server.rig.api);
  const settings = leadingTo(name);
  await responder({ settings }).onAlert(flood(clock));
  clock.advance(600_000);
  const other = openSqliteStore({ path, clock: systemClock });

  await Promise.all([responder({ settings }).tick(), responder({ settings, store: other }).tick()]);
  await other.close();

  const after = await server.rig.readIngress(name);
  expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
  expect(ownership(after)).toEqual(ownership(before));
  expect((await store.getDecision('alert-1.0'))?.state).toBe('expired');
});
