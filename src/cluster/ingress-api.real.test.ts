import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kubeconfigFor, startTestbed, type Testbed } from '../../testbed/testbed.ts';
import {
  createApiRig,
  createCable,
  MULTIPLIER,
  ownership,
  RPS,
  type ApiRig,
  withoutBookkeeping,
} from '../../test/rigs/api-rig.ts';

let testbed: Testbed;
let rig: ApiRig;

beforeAll(async () => {
  testbed = await startTestbed();
  rig = await createApiRig(testbed.kubeconfigPath);
});
afterAll(() => testbed.stop());

const refIn = (namespace: string): { namespace: string; name: string } => ({ namespace, name: 'web' });

test('reads annotations with their owners', async () => {
  await rig.createNamespace('reading');
  await rig.createIngress('reading', { [RPS]: '50', note: 'mine' });
  await rig.applyIngress('reading', { [RPS]: '50' }, 'helm');

  const snapshot = await rig.api.read(refIn('reading'));

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
  ['a client that updates', (namespace: string) => rig.createIngress(namespace, { [RPS]: '50', note: 'mine' })],
  ['a client that applies', (namespace: string) => rig.applyIngress(namespace, { [RPS]: '50', note: 'mine' }, 'helm')],
])('gives a value and its ownership back to %s', async (_who, create) => {
  const namespace = `back-${_who.slice(-7)}`;
  await rig.createNamespace(namespace);
  const before = await create(namespace);
  const { owners } = await rig.api.read(refIn(namespace));
  await rig.api.applyAnnotations(refIn(namespace), { [RPS]: '10', [MULTIPLIER]: '2' }, { dryRun: false });
  const limited = await rig.readIngress(namespace);

  const { resourceVersion } = limited.metadata;
  const previous = [{ key: RPS, value: '50', owner: owners[RPS]?.[0] ?? null }];
  await rig.api.restoreAnnotations(refIn(namespace), previous, { resourceVersion });

  const after = await rig.readIngress(namespace);
  expect(limited.metadata.annotations).toEqual({ [RPS]: '10', [MULTIPLIER]: '2', note: 'mine' });
  expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
  expect(ownership(after)).toEqual(ownership(before));
});

test('makes the entry of an owner anew when our limit had taken its only field', async () => {
  await rig.createNamespace('only-field');
  await rig.createIngress('only-field');
  const before = await rig.annotate('only-field', { [RPS]: '50' });
  await rig.api.applyAnnotations(refIn('only-field'), { [RPS]: '10' }, { dryRun: false });
  const { resourceVersion } = (await rig.readIngress('only-field')).metadata;

  const owner = { manager: 'kubectl-annotate', operation: 'Update' } as const;
  await rig.api.restoreAnnotations(refIn('only-field'), [{ key: RPS, value: '50', owner }], { resourceVersion });

  const after = await rig.readIngress('only-field');
  expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
  expect(Object.keys((await rig.api.read(refIn('only-field'))).owners)).toEqual([RPS]);
  expect(ownership(after).filter((entry) => entry.startsWith('kubesecure'))).toEqual([]);
});

test('leaves no empty map behind on an Ingress that had no annotations', async () => {
  await rig.createNamespace('bare');
  const before = await rig.createIngress('bare');
  await rig.api.applyAnnotations(refIn('bare'), { [RPS]: '10' }, { dryRun: false });
  const { resourceVersion } = (await rig.readIngress('bare')).metadata;

  await rig.api.restoreAnnotations(refIn('bare'), [], { resourceVersion });

  const after = await rig.readIngress('bare');
  expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
  expect(after.metadata).not.toHaveProperty('annotations');
  expect(ownership(after)).toEqual(ownership(before));
});

test('a dry run is checked by the server and changes nothing', async () => {
  await rig.createNamespace('dry');
  const before = await rig.createIngress('dry');

  await rig.api.applyAnnotations(refIn('dry'), { [RPS]: '10' }, { dryRun: true });

  expect(await rig.readIngress('dry')).toEqual(before);
});

test('an Ingress that changed since it was read is a conflict', async () => {
  await rig.createNamespace('raced');
  const { metadata } = await rig.createIngress('raced');
  await rig.annotate('raced', { note: 'faster' });
  const { resourceVersion } = metadata;

  const apply = rig.api.applyAnnotations(refIn('raced'), { [RPS]: '10' }, { dryRun: false, resourceVersion });
  await expect(apply).rejects.toMatchObject({ code: 'conflict' });
  const restore = rig.api.restoreAnnotations(refIn('raced'), [], { resourceVersion });
  await expect(restore).rejects.toMatchObject({ code: 'conflict' });
});

test('an Ingress that is not there is not found, and is not made', async () => {
  await rig.createNamespace('empty');
  await expect(rig.api.read(refIn('empty'))).rejects.toMatchObject({ code: 'not-found' });
  await expect(rig.api.applyAnnotations(refIn('empty'), { [RPS]: '1' }, { dryRun: false })).rejects.toThrow(
    /ingress empty\/web/,
  );
  await expect(rig.api.read(refIn('empty'))).rejects.toMatchObject({ code: 'not-found' });
});

test('a missing right is named', async () => {
  await rig.createNamespace('guarded');
  await rig.createIngress('guarded');
  const rules = [{ apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['get'] }];
  const reader = await createApiRig(await kubeconfigFor(testbed, { user: 'reader', rules }));

  const apply = reader.api.applyAnnotations(refIn('guarded'), { [RPS]: '10' }, { dryRun: false });

  await expect(apply).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringMatching(
      /^while limiting ingress guarded\/web: the right to patch ingresses in namespace guarded is missing: .*"reader"/,
    ),
  });
});

test('a server that went away is unavailable, and is used again when it is back', async () => {
  await rig.createNamespace('cable');
  await rig.createIngress('cable');
  const cable = await createCable(testbed);
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
  await rig.createNamespace('events');
  const { metadata } = await rig.createIngress('events');
  const ref = { ...refIn('events'), uid: String(metadata['uid']) };

  await rig.api.recordEvent(ref, { type: 'Normal', reason: 'RateLimitApplied', message: 'x'.repeat(5_000) });

  const [event] = await rig.eventsOf('events');
  expect(event).toMatchObject({
    reason: 'RateLimitApplied',
    type: 'Normal',
    reportingComponent: 'kubesecure',
    involvedObject: { kind: 'Ingress', name: 'web', uid: ref.uid },
  });
});

test('credentials the server does not know are refused in words', async () => {
  const kubeconfig = path.join(testbed.folder, 'stranger.kubeconfig');
  const cluster = { server: testbed.api.url, 'insecure-skip-tls-verify': true };
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
