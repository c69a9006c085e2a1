import { expect, test } from 'vitest';
import type { ClusterView } from '#core/cluster-view.ts';
import type { Decision } from '#core/decision.ts';
import { createResponderRig, flood, leadingTo } from '../../test/rigs/responder-rig.ts';

test('without a cluster a rule’s decision is simulated, and says what would happen with one', async () => {
  const { responder, clock, audit } = createResponderRig(null);
  const changes: Decision[] = [];
  const response = responder({ afterChange: (decision) => changes.push(decision) });

  const [decision] = await response.onAlert(flood(clock));

  expect(decision).toMatchObject({
    id: 'alert-1.0',
    state: 'simulated',
    dryRun: true,
    target: null,
    victim: '10.77.0.10:80',
    reason: 'no cluster is configured; with one, the Ingress that leads to 10.77.0.10:80 would be limited',
  });
  expect(changes).toEqual([decision]);
  expect(await audit('alert-1.0')).toEqual([
    expect.stringMatching(
      /^decision.simulated: would limit victim 10.77.0.10:80: 10 requests\/s, burst 20 per client until /,
    ),
  ]);
});

test('without a cluster a decision whose Ingress is named in the settings is simulated as well', async () => {
  const { responder, clock } = createResponderRig(null);
  const [decision] = await responder({ settings: leadingTo('shop') }).onAlert(flood(clock));
  expect(decision).toMatchObject({
    state: 'simulated',
    target: { namespace: 'shop', name: 'web' },
    reason: 'no cluster is configured',
  });
});

test('without a cluster a person is told so', async () => {
  const { responder } = createResponderRig(null);
  const response = responder();
  const ref = { namespace: 'shop', name: 'web' };
  const limit = { rps: 5, rpm: null, burst: null, connections: null };
  const refusal = { code: 'unavailable', message: expect.stringContaining('no cluster is configured') };

  await expect(response.apply({ ref, limit, ttlMs: null, dryRun: false, actor: 'ada' })).rejects.toMatchObject(refusal);
  await expect(response.revert({ ref, actor: 'ada' })).rejects.toMatchObject(refusal);
  await expect(response.check(ref)).rejects.toMatchObject(refusal);
});

test('a victim that no Ingress leads to is refused with the reason', async () => {
  const view: ClusterView = {
    workloadOf: () => null,
    ingressesOf: () => [],
    health: () => ({ reachable: true, reason: 'the right to list services is missing' }),
  };
  const neverAsked = (): Promise<never> => Promise.reject(new Error('not asked'));
  const api = {
    read: neverAsked,
    applyAnnotations: neverAsked,
    restoreAnnotations: neverAsked,
    recordEvent: neverAsked,
  };
  const { responder, clock } = createResponderRig(api);

  const [decision] = await responder({ view }).onAlert(flood(clock));

  expect(decision).toMatchObject({
    state: 'refused',
    reason: 'no Ingress leads to 10.77.0.10:80 (the right to list services is missing); response.targets can name one',
  });
});

test.each([
  ['of a family without a rule', { family: 'port-scan' as const }],
  ['that is a false positive', { status: 'false-positive' as const }],
  ['that is resolved', { status: 'resolved' as const }],
  [
    'whose victim nobody knows',
    { entity: { side: 'client' as const, ip: '10.77.0.66', port: null, workload: null }, peers: [] },
  ],
])('nothing is decided about an alert %s', async (_what, changes) => {
  const { responder, clock, store } = createResponderRig(null);
  expect(await responder().onAlert(flood(clock, changes))).toEqual([]);
  expect(await store.listDecisions({ limit: 9 })).toEqual([]);
});

test('a store that fails is told to whoever raised the alert, who may try again', async () => {
  const { responder, clock, store } = createResponderRig(null);
  let isBroken = true;
  const flaky = {
    ...store,
    saveDecision: (...call: Parameters<typeof store.saveDecision>) =>
      isBroken ? Promise.reject(new Error('disk full')) : store.saveDecision(...call),
  };
  const response = responder({ store: flaky });

  await expect(response.onAlert(flood(clock))).rejects.toThrow('disk full');
  isBroken = false;

  expect(await response.onAlert(flood(clock))).toHaveLength(1);
});
