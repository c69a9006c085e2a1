import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { silentLog } from '#core/log.ts';
import { kubeconfigFor } from '../../testbed/testbed.ts';
import { createApiRig, createCable } from '../../test/rigs/api-rig.ts';
import { createClusterView, type WatchingClusterView } from './cluster-view.ts';
import { useApiServer } from '../../test/rigs/api-server.ts';

const server = await useApiServer('cluster-view');
const { test } = server;
let view: WatchingClusterView;

beforeAll(async () => {
  await server.rig.createNamespace('shop');
  await server.rig.createIngress('shop');
  view = createClusterView(server.rig.connection, silentLog);
  await view.start();
});
afterAll(() => view?.stop());

const web = { namespace: 'shop', name: 'web' };

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await sleep(50);
  expect(condition()).toBe(true);
}

function service(name: string, ports: object[]): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports } };
}

function slice(name: string, of: string, ip: string, ports: object[]): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, labels: { 'kubernetes.io/service-name': of } },
    addressType: 'IPv4',
    ports,
    endpoints: [{ addresses: [ip] }],
  };
}

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices';

test('an Ingress leads to its backend service and to its endpoints, at the ports it names', async () => {
  const made = await server.rig.create(
    '/api/v1/namespaces/shop/services',
    service('web', [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'metrics', port: 9090, targetPort: 9090 },
    ]),
  );
  const clusterIp = (made['spec'] as { clusterIP: string }).clusterIP;
  await server.rig.create(
    SLICES,
    slice('web-1', 'web', '10.77.0.10', [
      { name: 'http', port: 8080 },
      { name: 'metrics', port: 9090 },
    ]),
  );

  await until(() => view.ingressesOf('10.77.0.10', 8080).length > 0 && view.workloadOf(clusterIp) !== null);

  expect(view.ingressesOf('10.77.0.10', 8080)).toEqual([web]);
  expect(view.ingressesOf('10.77.0.10', null)).toEqual([web]);
  expect(view.ingressesOf('10.77.0.10', 9090)).toEqual([]);
  expect(view.ingressesOf('10.77.0.11', 8080)).toEqual([]);
  expect(view.ingressesOf(clusterIp, 80)).toEqual([web]);
  expect(view.ingressesOf(clusterIp, 9090)).toEqual([]);
  expect(view.workloadOf(clusterIp)).toBe('shop/service/web');
});

test('an Ingress leads to the address in its status, and to the controller behind it', async () => {
  await server.rig.createNamespace('controller');
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.10' }] } };
  await server.rig.connection.request({
    method: 'PATCH',
    path: '/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web/status',
    body: { contentType: 'application/merge-patch+json', value: { status } },
    doing: 'setting the status',
    right: 'patch',
  });
  await server.rig.create('/api/v1/namespaces/controller/services', {
    ...service('nginx', [{ name: 'http', port: 80 }]),
    spec: { externalIPs: ['192.0.2.10'], ports: [{ name: 'http', port: 80 }] },
  });
  await server.rig.create(
    SLICES.replace('shop', 'controller'),
    slice('nginx-1', 'nginx', '10.77.0.20', [{ name: 'http', port: 80 }]),
  );

  await until(() => view.ingressesOf('10.77.0.20', 80).length > 0);

  expect(view.ingressesOf('192.0.2.10', 443)).toEqual([web]);
  expect(view.ingressesOf('10.77.0.20', 80)).toEqual([web]);
});

test('a pod’s address is named after its owner while the pod is there', async () => {
  await server.rig.create('/api/v1/namespaces/shop/pods', {
    metadata: {
      name: 'db-0',
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'u', controller: true }],
    },
    spec: { containers: [{ name: 'db', image: 'db' }] },
  });
  await server.rig.connection.request({
    method: 'PATCH',
    path: '/api/v1/namespaces/shop/pods/db-0/status',
    body: {
      contentType: 'application/merge-patch+json',
      value: { status: { phase: 'Running', podIP: '10.77.0.30', podIPs: [{ ip: '10.77.0.30' }] } },
    },
    doing: 'setting the status',
    right: 'patch',
  });
  await until(() => view.workloadOf('10.77.0.30') === 'shop/statefulset/db');

  await server.rig.connection.request({
    method: 'DELETE',
    path: '/api/v1/namespaces/shop/pods/db-0',
    query: { gracePeriodSeconds: '0' },
    doing: 'deleting the pod',
    right: 'delete',
  });
  await until(() => view.workloadOf('10.77.0.30') === null);
});

test('keeps what it knows while the server is away, says so, and catches up after it is back', async () => {
  const cable = await createCable(server.testbed);
  const cabled = createClusterView((await createApiRig(cable.kubeconfig)).connection, silentLog);
  await cabled.start();
  expect(cabled.health()).toEqual({ reachable: true, reason: '' });

  await cable.cut();
  await until(() => !cabled.health().reachable);
  expect(cabled.health().reason).toContain('does not answer');
  expect(cabled.ingressesOf('10.77.0.10', 8080)).toEqual([web]);
  await server.rig.create(SLICES, slice('web-2', 'web', '10.77.0.12', [{ name: 'http', port: 8080 }]));
  await cable.mend();

  await until(() => cabled.ingressesOf('10.77.0.12', 8080).length === 1);
  await until(() => cabled.health().reachable);
  await cabled.stop();
  await cable.cut();
});

test('without the right to list pods it still knows the way to an Ingress', async () => {
  const rules = [
    { apiGroups: [''], resources: ['services'], verbs: ['list', 'watch'] },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['list', 'watch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ];
  const { connection } = await createApiRig(await kubeconfigFor(server.testbed, { user: 'router', rules }));
  const limited = createClusterView(connection, silentLog);
  await limited.start();

  expect(limited.health()).toEqual({
    reachable: true,
    reason: expect.stringContaining('the right to list pods in all namespaces is missing'),
  });
  expect(limited.ingressesOf('10.77.0.10', 8080)).toEqual([web]);
  await limited.stop();
});
