import { afterAll, beforeAll, expect } from 'vitest';
import { type ApiRig, createApiRig, createCable, MULTIPLIER, RPS } from '../../test/rigs/api-rig.ts';
import { createClusterView } from '#cluster/cluster-view.ts';
import { silentLog } from '#core/log.ts';
import { createResponderRig, flood, leadingTo } from '../../test/rigs/responder-rig.ts';
import { useApiServer } from '../../test/rigs/api-server.ts';

const server = await useApiServer('unreachable');
const { test } = server;
let cable: Awaited<ReturnType<typeof createCable>>;
let cabled: ApiRig;

beforeAll(async () => {
  cable = await createCable(server.testbed);
  cabled = await createApiRig(cable.kubeconfig);
});
afterAll(() => cable?.cut());

test('a decision fails while the server is away, says so, is tried again with back-off, and is in force when it is back', async () => {
  await server.rig.createNamespace('away');
  await server.rig.createIngress('away', { [RPS]: '50' });
  const { responder, clock, store } = createResponderRig(cabled.api);
  const response = responder({ settings: leadingTo('away') });
  await cable.cut();

  const [failed] = await response.onAlert(flood(clock));
  expect(failed).toMatchObject({ state: 'failed', attempts: 1, reason: expect.stringContaining('does not answer') });
  expect(response.health()).toEqual({ ok: false, reason: failed?.reason });
  const attempts: number[] = [];
  for (let second = 0; second < 8; second++) {
    clock.advance(1_000);
    await response.tick();
    attempts.push((await store.getDecision('alert-1.0'))?.attempts ?? 0);
  }
  await cable.mend();
  clock.advance(8_000);
  await response.tick();

  expect(attempts).toEqual([2, 2, 3, 3, 3, 3, 4, 4]);
  expect((await store.getDecision('alert-1.0'))?.state).toBe('applied');
  expect(response.health()).toEqual({ ok: true, reason: '' });
  expect((await server.rig.readIngress('away')).metadata.annotations).toEqual({ [RPS]: '10', [MULTIPLIER]: '2' });
  const told = (await store.dueNotifications(clock.now(), 10)).map(
    ({ event }) => event.type === 'decision.changed' && event.decision.state,
  );
  expect(told).toEqual(['failed', 'applied']);
});

test('a decision that could never be put in force expires', async () => {
  const { responder, clock, store } = createResponderRig(cabled.api);
  const response = responder({ settings: leadingTo('gone') });
  await response.onAlert(flood(clock));
  expect(await store.getDecision('alert-1.0')).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('404'),
  });

  clock.advance(600_000);
  await response.tick();

  expect(await store.getDecision('alert-1.0')).toMatchObject({
    state: 'expired',
    reason: expect.stringContaining('404'),
  });
});

test('an undo is owed until the server is back, however long that takes', async () => {
  await server.rig.createNamespace('owed');
  await server.rig.createIngress('owed', { [RPS]: '50' });
  const { responder, clock, store } = createResponderRig(cabled.api);
  const response = responder({ settings: leadingTo('owed') });
  await response.onAlert(flood(clock));
  await cable.cut();

  const { decision, notes } = await response.revert({ ref: { namespace: 'owed', name: 'web' }, actor: 'ada' });
  expect(decision).toMatchObject({ state: 'applied', attempts: 1 });
  expect(notes[0]).toContain('not done yet');
  for (let i = 0; i < 12; i++) {
    clock.advance(60_000);
    await response.tick();
  }
  expect(await store.getDecision('alert-1.0')).toMatchObject({ state: 'applied', attempts: 13 });
  await cable.mend();
  clock.advance(60_000);
  await response.tick();

  expect(await store.getDecision('alert-1.0')).toMatchObject({ state: 'reverted', revertAskedBy: 'ada', attempts: 0 });
  expect((await server.rig.readIngress('owed')).metadata.annotations).toEqual({ [RPS]: '50' });
});

test('a victim whose Ingress cannot be looked up is looked up again when the cluster is seen', async () => {
  await server.rig.createNamespace('unseen');
  const made = await server.rig.create('/api/v1/namespaces/unseen/services', {
    metadata: { name: 'web' },
    spec: { ports: [{ port: 80 }] },
  });
  await server.rig.createIngress('unseen');
  const ip = (made['spec'] as { clusterIP: string }).clusterIP;
  await cable.cut();
  const view = createClusterView(cabled.connection, silentLog);
  await view.start();
  const { responder, clock, store } = createResponderRig(cabled.api);
  const response = responder({ view });
  const alert = flood(clock, { entity: { side: 'server', ip, port: 80, workload: null } });
  await store.saveAlert(alert, []);

  const [failed] = await response.onAlert(alert);
  await cable.mend();
  for (let i = 0; i < 100 && view.ingressesOf(ip, 80).length === 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  clock.advance(1_000);
  await response.tick();

  expect(failed).toMatchObject({ state: 'failed', target: null, reason: expect.stringContaining('does not answer') });
  expect(await store.getDecision('alert-1.0')).toMatchObject({
    state: 'applied',
    target: { namespace: 'unseen', name: 'web' },
  });
  expect(response.health().ok).toBe(true);
  await view.stop();
});

test('ticks by itself, and stops', async () => {
  await server.rig.createNamespace('ticking');
  await server.rig.createIngress('ticking');
  const { responder, clock, store } = createResponderRig(server.rig.api);
  const response = responder({ settings: leadingTo('ticking') });
  await response.start();
  await response.onAlert(flood(clock));

  clock.advance(600_000);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await response.stop();

  expect((await store.getDecision('alert-1.0'))?.state).toBe('expired');
});
