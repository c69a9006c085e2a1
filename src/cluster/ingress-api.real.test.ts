import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { kubeconfigFor } from '../../testbed/testbed.ts';
import { createApiRig, createCable, MULTIPLIER, ownership, RPS, withoutBookkeeping } from '../../test/rigs/api-rig.ts';
import { useApiServer } from '../../test/rigs/api-server.ts';

const server = await useApiServer('ingress-api');
const { test } = server;

const refIn = (namespace: string): { namespace: string; name: string } => ({ namespace, name: 'web' });

test('reads annotations with their owners', async () => {
  await server.rig.createNamespace('reading');
  await server.rig.createIngress('reading', { [RPS]: '50', note: 'mine' });
  await server.rig.applyIngress('reading', { [RPS]: '50' }, 'helm');

  const snapshot = await server.rig.api.read(refIn('reading'));

  expect(snapshot.ingressClass).toBe('nginx');
  expect(snapshot.annotations).toEqual({ [RPS]: '50', note: 'mine' });
  expect(snapshot.owners).toEqual({
    [RPS]: [
      { manager: 'helm', operation: 'Apply' },
      { manager: 'kubectl-create', operation: 'Update' },
    ],
    note: [{ manager: 'kubectl-create', operation: 'Update' }],
  });
});

test.each([
  ['a client that updates', (namespace: string) => server.rig.createIngress(namespace, { [RPS]: '50', note: 'mine' })],
  [
    'a client that applies',
    (namespace: string) => server.rig.applyIngress(namespace, { [RPS]: '50', note: 'mine' }, 'helm'),
  ],
])('gives a value and its ownership back to %s', async (_who, create) => {
  const namespace = `back-${_who.slice(-7)}`;
  await server.rig.createNamespace(namespace);
  const before = await create(namespace);
  const { owners } = await server.rig.api.read(refIn(namespace));
  await server.rig.api.applyAnnotations(refIn(namespace), { [RPS]: '10', [MULTIPLIER]: '2' }, { dryRun: false });
  const limited = await server.rig.readIngress(namespace);

  const { resourceVersion } = limited.metadata;
  const previous = [{ key: RPS, value: '50', owner: owners[RPS]?.[0] ?? null }];
  await server.rig.api.restoreAnnotations(refIn(namespace), previous, { resourceVersion });

  const after = await server.rig.readIngress(namespace);
  expect(limited.metadata.annotations).toEqual({ [RPS]: '10', [MULTIPLIER]: '2', note: 'mine' });
  expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
  expect(ownership(after)).toEqual(ownership(before));
});

test('makes the entry of an owner anew when our limit had taken its only field', async () => {
  await server.rig.createNamespace('only-field');
  await server.rig.createIngress('only-field');
  const before = await server.rig.annotate('only-field', { [RPS]: '50' });
  await server.rig.api.applyAnnotations(refIn('only-field'), { [RPS]: '10' }, { dryRun: false });
  const { resourceVersion } = (await server.rig.readIngress('only-field')).metadata;

  const owner = { manager: 'kubectl-annotate', operation: 'Update' } as const;
  await server.rig.api.restoreAnnotations(refIn('only-field'), [{ key: RPS, value: '50', owner }], { resourceVersion });

  const after = await server.rig.readIngress('only-field');
  expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
  expect(Object.keys((await server.rig.api.read(refIn('only-field'))).owners)).toEqual([RPS]);
  expect(ownership(after).filter((entry) => entry.startsWith('kubesecure'))).toEqual([]);
});

test('leaves no empty map behind on an Ingress that had no annotations', async () => {
  await server.rig.createNamespace('bare');
  const before = await server.rig.createIngress('bare');
  await server.rig.api.applyAnnotations(refIn('bare'), { [RPS]: '10' }, { dryRun: false });
  const { resourceVersion } = (await server.rig.readIngress('bare')).metadata;

  await server.rig.api.restoreAnnotations(refIn('bare'), [], { resourceVersion });

  const after = await server.rig.readIngress('bare');
  expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
  expect(after.metadata).not.toHaveProperty('annotations');
  expect(ownership(after)).toEqual(ownership(before));
});

test('a dry run is checked by the server and changes nothing', async () => {
  await server.rig.createNamespace('dry');
  const before = await server.rig.createIngress('dry');

  await server.rig.api.applyAnnotations(refIn('dry'), { [RPS]: '10' }, { dryRun: true });

  expect(await server.rig.readIngress('dry')).toEqual(before);
});

test('an Ingress that changed since it was read is a conflict', async () => {
  await server.rig.createNamespace('raced');
  const { metadata } = await server.rig.createIngress('raced');
  await server.rig.annotate('raced', { note: 'faster' });
  const { resourceVersion } = metadata;

  const apply = server.rig.api.applyAnnotations(refIn('raced'), { [RPS]: '10' }, { dryRun: false, resourceVersion });
  await expect(apply).rejects.toMatchObject({ code: 'conflict' });
  const restore = server.rig.api.restoreAnnotations(refIn('raced'), [], { resourceVersion });
  await expect(restore).rejects.toMatchObject({ code: 'conflict' });
});

test('an Ingress that is not there is not found, and is not made', async () => {
  await server.rig.createNamespace('empty');
  await expect(server.rig.api.read(refIn('empty'))).rejects.toMatchObject({ code: 'not-found' });
  await expect(server.rig.api.applyAnnotations(refIn('empty'), { [RPS]: '1' }, { dryRun: false })).rejects.toThrow(
    /ingress empty\/web/,
  );
  await expect(server.rig.api.read(refIn('empty'))).rejects.toMatchObject({ code: 'not-found' });
});

test('a missing right is named', async () => {
  await server.rig.createNamespace('guarded');
  await server.rig.createIngress('guarded');
  const rules = [{ apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['get'] }];
  const reader = await createApiRig(await kubeconfigFor(server.testbed, { user: 'reader', rules }));

  const apply = reader.api.applyAnnotations(refIn('guarded'), { [RPS]: '10' }, { dryRun: false });

  await expect(apply).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringMatching(
      /^while limiting ingress guarded\/web: the right to patch ingresses in namespace guarded is missing: .*"reader"/,
    ),
  });
});

test('a server that went away is unavailable, and is used again when it is back', async () => {
  await server.rig.createNamespace('cable');
  await server.rig.createIngress('cable');
  const cable = await createCable(server.testbed);
  const { api } = await createApiRig(cable.kubeconfig);
  await api.read(refIn('cable'));

  await cable.cut();
  await expect(api.read(refIn('cable'))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('does not answer'),
  });
  await cable.mend();

  expect((await api.read(refIn('cable'))).ref).toEqual(refIn('cable'));
  await cable.cut();
});

test('an event stands on the Ingress', async () => {
  await server.rig.createNamespace('events');
  const { metadata } = await server.rig.createIngress('events');
  const ref = { ...refIn('events'), uid: String(metadata['uid']) };

  await server.rig.api.recordEvent(ref, { type: 'Normal', reason: 'RateLimitApplied', message: 'x'.repeat(5_000) });

  const [event] = await server.rig.eventsOf('events');
  expect(event).toMatchObject({
    reason: 'RateLimitApplied',
    type: 'Normal',
    reportingComponent: 'kubesecure',
    involvedObject: { kind: 'Ingress', name: 'web', uid: ref.uid },
  });
});

test('credentials the server does not know are refused in words', async () => {
  const kubeconfig = path.join(server.testbed.folder, 'stranger.kubeconfig');
  const cluster = { server: server.testbed.api.url, 'insecure-skip-tls-verify': true };
  const file = {
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: { token: 'unknown' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  writeFileSync(kubeconfig, JSON.stringify(file));
  const stranger = await createApiRig(kubeconfig);

  await expect(stranger.api.read(refIn('default'))).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('does not accept our credentials'),
  });
});
