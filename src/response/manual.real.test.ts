import { expect } from 'vitest';
import { createApiRig, MULTIPLIER, ownership, RPM, RPS, withoutBookkeeping } from '../../test/rigs/api-rig.ts';
import type { IngressRef, RateLimit } from '#core/decision.ts';
import { kubeconfigFor } from '../../testbed/testbed.ts';
import { createResponderRig, flood, leadingTo } from '../../test/rigs/responder-rig.ts';
import { useApiServer } from '../../test/rigs/api-server.ts';

const server = await useApiServer('manual');
const { test } = server;

async function webIn(annotations?: Record<string, string>): Promise<IngressRef> {
  return { namespace: await server.namespaceWith(annotations), name: 'web' };
}

const limit = (changes: Partial<RateLimit>): RateLimit => ({
  rps: null,
  rpm: null,
  burst: null,
  connections: null,
  ...changes,
});
const by = { actor: 'ada', ttlMs: 60_000, dryRun: false };

test('a person’s word acts in dry-run mode as well, and ends when its time is up', async () => {
  const ref = await webIn({ [RPS]: '50' });
  const { responder, clock, store } = createResponderRig(server.rig.api);
  const response = responder({ settings: { mode: 'dry-run' } });

  const { decision, notes } = await response.apply({ ...by, ref, limit: limit({ rps: 7, burst: 20 }) });
  expect(decision).toMatchObject({
    state: 'applied',
    origin: 'ada',
    alertId: null,
    written: { [RPS]: '7', [MULTIPLIER]: '3' },
  });
  expect(notes).toEqual(['burst 20 is written as limit-burst-multiplier 3, a burst of 21: rounded up']);
  expect(await response.check(ref)).toEqual({
    annotations: { [RPS]: '7', [MULTIPLIER]: '3' },
    owners: { [RPS]: ['kubesecure'], [MULTIPLIER]: ['kubesecure'] },
    decision,
  });

  clock.advance(60_000);
  await response.tick();
  expect(await response.check(ref)).toEqual({
    annotations: { [RPS]: '50' },
    owners: { [RPS]: ['kubectl-create'] },
    decision: null,
  });
  const told = (await store.dueNotifications(clock.now(), 10)).map(({ event }) => event);
  expect(told.map((event) => (event.type === 'decision.changed' ? event.decision.state : event.type))).toEqual([
    'applied',
    'expired',
  ]);
});

test('a newer word takes the place of an older one, and its end brings back what a person had before both', async () => {
  const ref = await webIn({ [RPS]: '50', note: 'mine' });
  const before = await server.rig.readIngress(ref.namespace);
  const { responder, clock, store } = createResponderRig(server.rig.api);
  const response = responder();

  const first = await response.apply({ ...by, ref, limit: limit({ rps: 7, burst: 20 }) });
  clock.advance(1_000);
  const second = await response.apply({ ...by, ref, limit: limit({ rpm: 30 }) });
  const limited = await server.rig.readIngress(ref.namespace);
  clock.advance(1_000);
  const { decision: reverted } = await response.revert({ ref, actor: 'bob' });

  expect(limited.metadata.annotations).toEqual({ [RPS]: '50', [RPM]: '30', note: 'mine' });
  expect((await store.getDecision(first.decision.id))?.state).toBe('superseded');
  expect(reverted).toMatchObject({ id: second.decision.id, state: 'reverted', revertAskedBy: 'bob' });
  const after = await server.rig.readIngress(ref.namespace);
  expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
  expect(ownership(after)).toEqual(ownership(before));
  clock.advance(600_000);
  await response.tick();
  expect(await server.rig.readIngress(ref.namespace)).toEqual(after);
});

test('what a person sets between two words is what the end brings back', async () => {
  const ref = await webIn({ [RPS]: '50' });
  const { responder, clock } = createResponderRig(server.rig.api);
  const response = responder();
  await response.apply({ ...by, ref, limit: limit({ rps: 7 }) });
  await server.rig.annotate(ref.namespace, { [RPS]: '70' }, 'kubectl-edit');
  clock.advance(1_000);
  await response.apply({ ...by, ref, limit: limit({ rps: 5 }) });

  await response.revert({ ref, actor: 'ada' });

  expect(await response.check(ref)).toEqual({
    annotations: { [RPS]: '70' },
    owners: { [RPS]: ['kubectl-edit'] },
    decision: null,
  });
});

test('a dry run says what it would write and changes nothing', async () => {
  const ref = await webIn({ [RPS]: '5' });
  const before = await server.rig.readIngress(ref.namespace);
  const { responder } = createResponderRig(server.rig.api);

  const { decision, notes } = await responder().apply({ ...by, ref, dryRun: true, limit: limit({ rps: 7 }) });

  expect(decision).toMatchObject({ state: 'simulated', written: { [RPS]: '7' } });
  expect(notes).toEqual(['this is looser than the 5 requests/s per client that stood there']);
  expect(await server.rig.readIngress(ref.namespace)).toEqual(before);
});

test('nothing is stored about an Ingress that does not exist', async () => {
  const { responder, store } = createResponderRig(server.rig.api);
  const ref = { namespace: 'default', name: 'nowhere' };

  await expect(responder().apply({ ...by, ref, limit: limit({ rps: 7 }) })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(responder().revert({ ref, actor: 'ada' })).rejects.toMatchObject({ code: 'not-found' });
  await expect(responder().check(ref)).rejects.toMatchObject({ code: 'not-found' });
  expect(await store.listDecisions({ limit: 10 })).toEqual([]);
});

test('there is nothing to revert where nothing of ours is in force', async () => {
  const ref = await webIn({ [RPS]: '50' });
  const { responder } = createResponderRig(server.rig.api);
  expect(await responder().revert({ ref, actor: 'ada' })).toMatchObject({ decision: null });
  expect((await server.rig.readIngress(ref.namespace)).metadata.annotations).toEqual({ [RPS]: '50' });
});

test('RBAC that forbids the patch is told to the person by the name of the right, and nothing is stored', async () => {
  const ref = await webIn();
  const rules = [{ apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['get'] }];
  const { api } = await createApiRig(await kubeconfigFor(server.testbed, { user: 'looker', rules }));
  const { responder, store } = createResponderRig(api);

  await expect(responder().apply({ ...by, ref, limit: limit({ rps: 7 }) })).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining(`the right to patch ingresses in namespace ${ref.namespace} is missing`),
  });
  expect(await store.listDecisions({ limit: 10 })).toEqual([]);
});

test('RBAC that forbids the patch makes a rule’s decision failed with the reason, until it is allowed', async () => {
  const ref = await webIn();
  const rules = [{ apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['get'] }];
  const { api } = await createApiRig(await kubeconfigFor(server.testbed, { user: 'watcher', rules }));
  const { responder, clock, store } = createResponderRig(api);
  const response = responder({ settings: leadingTo(ref.namespace) });

  const [failed] = await response.onAlert(flood(clock));
  expect(failed).toMatchObject({
    state: 'failed',
    attempts: 1,
    reason: expect.stringContaining('the right to patch ingresses'),
  });
  expect(response.health()).toEqual({ ok: true, reason: '' });
  const allowed = responder({ api: server.rig.api, settings: leadingTo(ref.namespace) });
  clock.advance(1_000);
  await allowed.tick();

  expect((await store.getDecision('alert-1.0'))?.state).toBe('applied');
});

test('a person’s wrong wishes are bad input', async () => {
  const ref = await webIn();
  const { responder, store } = createResponderRig(server.rig.api);
  const response = responder();
  const wishes = [
    { limit: limit({}) },
    { limit: limit({ rps: 1, rpm: 1 }) },
    { limit: limit({ rps: 0 }) },
    { limit: limit({ rps: -3 }) },
    { limit: limit({ rps: 1.5 }) },
    { limit: limit({ rps: 10_000_000 }) },
    { limit: limit({ rps: 5 }), ttlMs: 0 },
    { limit: limit({ rps: 5 }), ttlMs: 9_999 },
    { limit: limit({ rps: 5 }), ttlMs: 86_400_001 },
    { limit: limit({ rps: 5 }), ttlMs: Number.NaN },
  ];
  for (const wish of wishes) {
    await expect(response.apply({ ...by, ref, ...wish })).rejects.toMatchObject({ code: 'bad-input' });
  }
  const system = { namespace: 'kube-system', name: 'web' };
  await expect(response.apply({ ...by, ref: system, limit: limit({ rps: 5 }) })).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect(await store.listDecisions({ limit: 10 })).toEqual([]);
});
