import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  NetworkingV1Api,
  PatchStrategy,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect } from 'vitest';

import { API_SERVER, needs } from './needs.ts';
import { startTicksOf } from './servers/server-process.ts';
import { kubeconfigFor, SHOP, startTestbed, type Testbed } from './testbed.ts';

const { test, describe } = await needs('testbed', ...API_SERVER);
const withTraefik = await needs('testbed with Traefik', ...API_SERVER, 'traefik', 'ip', 'root');

const LIMIT = 'nginx.ingress.kubernetes.io/limit-rps';

describe('a testbed', () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startTestbed();
  });
  afterAll(async () => {
    await testbed.stop();
  });

  test('serves a Kubernetes API that stores and gives back an Ingress', async () => {
    await testbed.adminKubeconfig.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: 'stored' } } });
    const networking = testbed.adminKubeconfig.makeApiClient(NetworkingV1Api);
    await networking.createNamespacedIngress({ namespace: 'stored', body: ingressWith({ [LIMIT]: '50' }) });

    const { items } = await networking.listIngressForAllNamespaces();

    expect(items.map(({ metadata }) => [metadata?.name, metadata?.annotations])).toEqual([['web', { [LIMIT]: '50' }]]);
  });

  test('refuses a limited user what its rules do not say and allows what they do', async () => {
    await testbed.adminKubeconfig.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: 'limited' } } });
    const rules = [{ apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['get', 'list'] }];
    const reader = load(await kubeconfigFor(testbed, { user: 'reader', namespace: 'limited', rules }));

    const networking = reader.makeApiClient(NetworkingV1Api);
    const allowed = await networking.listNamespacedIngress({ namespace: 'limited' });

    expect(allowed.items).toEqual([]);
    await expect(networking.listNamespacedIngress({ namespace: 'default' })).rejects.toMatchObject({ code: 403 });
    const creation = networking.createNamespacedIngress({ namespace: 'limited', body: ingressWith({}) });
    await expect(creation).rejects.toThrow(ApiException);
  });

  test('lets a user without rules see nothing', async () => {
    const nobody = load(await kubeconfigFor(testbed, { user: 'nobody', rules: [] }));

    const listing = nobody.makeApiClient(CoreV1Api).listNamespace();

    await expect(listing).rejects.toMatchObject({ code: 403 });
  });
});

test('a testbed whose owner was killed is ended by the next start', async () => {
  const program = `
    import { startTestbed } from ${JSON.stringify(join(import.meta.dirname, 'testbed.ts'))};
    console.log((await startTestbed()).folder);
    setInterval(() => undefined, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program]);
  const [output] = (await once(owner.stdout, 'data')) as [Buffer];
  const folder = output.toString().trim();
  const pids = pidsIn(folder);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(pids.filter((pid) => startTicksOf(pid) === null)).toEqual([]);

  const next = await startTestbed();
  await next.stop();

  expect(pids.filter((pid) => startTicksOf(pid) !== null)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

describe('the command line', () => {
  const parent = mkdtempSync(join(tmpdir(), 'testbed-test-'));
  const folder = join(parent, 'state');
  afterAll(() => {
    runCommand('down', folder);
    rmSync(parent, { recursive: true });
  });

  test('starts once, says where, and leaves no process and no file behind', () => {
    const first = runCommand('up', folder);
    const second = runCommand('up', folder);
    const told = runCommand('env', folder);
    const pids = pidsIn(folder);
    const ended = runCommand('down', folder);

    expect(first).toMatchObject({ status: 0, stdout: `KUBECONFIG=${join(folder, 'admin.kubeconfig')}\n` });
    expect(second.stdout).toBe(first.stdout);
    expect(told.stdout).toBe(first.stdout);
    expect(pids).toHaveLength(2);
    expect(ended).toMatchObject({ status: 0, stdout: '' });
    expect(pids.filter((pid) => startTicksOf(pid) !== null)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    expect(runCommand('env', folder)).toMatchObject({ status: 1, stdout: '' });
  });

  test('starts anew when a server of it has been killed', () => {
    runCommand('up', folder);
    const [etcd = 0, apiServer = 0] = pidsIn(folder);
    process.kill(etcd, 'SIGKILL');

    const again = runCommand('up', folder);

    expect(again.status).toBe(0);
    expect(pidsIn(folder)).not.toContain(etcd);
    expect(pidsIn(folder)).not.toContain(apiServer);
    expect(startTicksOf(apiServer)).toBeNull();
  });

  test('leaves a folder alone that holds something else', () => {
    writeFileSync(join(parent, 'precious'), 'mine');

    const refused = runCommand('up', parent);
    const down = runCommand('down', parent);

    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('holds other files');
    expect(down.status).toBe(0);
    expect(readFileSync(join(parent, 'precious'), 'utf8')).toBe('mine');
  });
});

withTraefik.describe('a testbed with Traefik', () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startTestbed({ traefik: true });
  });
  afterAll(async () => {
    const state = readFileSync(join(testbed.folder, 'testbed.json'), 'utf8');
    await testbed.stop();
    const [, namespace = ''] = /"namespace": "([^"]+)"/.exec(state) ?? [];
    expect(namespace).toMatch(/^kubesecure-/);
    expect(existsSync(`/run/netns/${namespace}`)).toBe(false);
  });

  test('limits a flood within seconds of the annotation, spares another client, and restores on its removal', async () => {
    const url = testbed.traefik?.url ?? '';
    expect(await burst(url, 60)).toEqual({ 200: 60 });

    const limitedAtMs = Date.now();
    await annotate(testbed, '5');
    const limitedAfterMs = await waitFor(limitedAtMs, async () => ((await burst(url, 60))[429] ?? 0) > 30);
    const bystander = await burst(url, 3, '127.0.0.2');

    const restoredAtMs = Date.now();
    await annotate(testbed, null);
    const restoredAfterMs = await waitFor(restoredAtMs, async () => (await burst(url, 60))[200] === 60);

    console.log(`limited after ${limitedAfterMs} ms, restored after ${restoredAfterMs} ms`);
    expect(bystander).toEqual({ 200: 3 });
    expect(limitedAfterMs).toBeLessThan(10_000);
    expect(restoredAfterMs).toBeLessThan(10_000);
  });
});

function ingressWith(annotations: Record<string, string>): object {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  return { metadata: { name: 'web', annotations }, spec: { defaultBackend: backend } };
}

function load(kubeconfigPath: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath);
  return config;
}

function runCommand(command: string, folder: string): { status: number | null; stdout: string; stderr: string } {
  const program = join(import.meta.dirname, 'main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, command, '--state', folder], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function pidsIn(folder: string): number[] {
  const state = JSON.parse(readFileSync(join(folder, 'testbed.json'), 'utf8')) as { servers: { pid: number }[] };
  return state.servers.map(({ pid }) => pid);
}

/** Sends `count` requests, ten at a time, from one loopback address; gives how often each status came back. */
async function burst(url: string, count: number, from = '127.0.0.1'): Promise<Record<number, number>> {
  const seen: Record<number, number> = {};
  let left = count;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const status = await statusOf(url, from);
      seen[status] = (seen[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 10 }, client));
  return seen;
}

function statusOf(url: string, localAddress: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { headers: { host: SHOP.host }, localAddress, agent: false };
    request(url, options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}

async function annotate(testbed: Testbed, limit: string | null): Promise<void> {
  const client = KubernetesObjectApi.makeApiClient(testbed.adminKubeconfig);
  const patch = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: SHOP.ingress, namespace: SHOP.namespace, annotations: limit === null ? {} : { [LIMIT]: limit } },
  };
  await client.patch(patch, undefined, undefined, 'limit-test', true, PatchStrategy.ServerSideApply);
}

async function waitFor(startMs: number, holds: () => Promise<boolean>): Promise<number> {
  while (!(await holds())) {
    if (Date.now() - startMs > 20_000) return Number.POSITIVE_INFINITY;
    await sleep(200);
  }
  return Date.now() - startMs;
}
