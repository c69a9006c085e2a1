import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventsV1Api, NetworkingV1Api, type V1Ingress } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { AuditEntry } from '#core/decision.ts';
import { API_SERVER, needs } from '../../testbed/needs.ts';
import { SHOP, startTestbed, type Testbed } from '../../testbed/testbed.ts';
import { createCable, withoutBookkeeping } from '../rigs/api-rig.ts';
import { type Product, startProduct, waitFor } from './product.ts';
import { type SlackReceiver, startSlackReceiver } from './slack-receiver.ts';
import { ownerOf, personsIngress } from './shop-ingress.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');
const LIMIT_RPS = 'nginx.ingress.kubernetes.io/limit-rps';
const TTL_MS = 20_000;

const { describe, test } = await needs('attack to limit', ...API_SERVER, 'traefik', 'ip', 'root');

describe('with a real API server and Traefik', () => {
  let testbed: Testbed;
  let cable: Awaited<ReturnType<typeof createCable>>;
  let networking: NetworkingV1Api;
  let slack: SlackReceiver;
  let folder: string;
  let before: V1Ingress;
  const products: Product[] = [];

  beforeAll(async () => {
    testbed = await startTestbed({ traefik: true });
    cable = await createCable(testbed);
    networking = testbed.adminKubeconfig.makeApiClient(NetworkingV1Api);
  });
  afterAll(async () => {
    await cable?.cut();
    await testbed?.stop();
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubesecure-scenario-'));
    slack = await startSlackReceiver();
    before = await personsIngress(networking);
  });
  afterEach(async () => {
    cable.resume();
    for (const product of products.splice(0)) await product.kill();
    await slack.close();
    rmSync(folder, { recursive: true });
  });

  async function start(sample: string, ...parameters: string[]): Promise<Product> {
    const config = join(folder, 'kubesecure.yaml');
    const settings = {
      response: { mode: 'enforce', rules: [{ family: 'http-flood', limit: { rps: 5, burst: 5 }, ttl: `${TTL_MS}ms` }] },
      store: { path: join(folder, 'kubesecure.db') },
    };
    writeFileSync(config, JSON.stringify(settings)); // JSON is YAML
    const product = await startProduct(['--config', config, '--replay', join(SAMPLES, sample), ...parameters], {
      KUBECONFIG: cable.kubeconfig,
      SLACK_WEBHOOK_URL: slack.url,
    });
    products.push(product);
    return product;
  }

  const ingress = () => networking.readNamespacedIngress({ namespace: SHOP.namespace, name: SHOP.ingress });
  const limitNow = async () => (await ingress()).metadata?.annotations?.[LIMIT_RPS];

  test('each attack is one alert; the flood is limited, told, and undone to the byte', async () => {
    const product = await start('attack.pcap', '--speed', '2');
    await waitFor(30_000, async () => (await limitNow()) === '5');
    const limited = await ingress();
    await waitFor(10_000, async () => (await requestsFrom('127.0.0.2', 20)).includes(429)); // Traefik has heard of it
    const flooder = await requestsFrom('127.0.0.2', 200);
    const bystander = await requestsFrom('127.0.0.3', 3);
    await waitFor(60_000, () => product.output().includes('The replay is over'));
    await waitFor(TTL_MS + 30_000, async () => (await product.decisions())[0]?.state === 'expired');
    const after = await ingress();
    const alerts = await product.alerts();
    const decisions = await product.decisions();
    const audit = await product.get<AuditEntry[]>('/api/audit');
    const events = await testbed.adminKubeconfig.makeApiClient(EventsV1Api).listNamespacedEvent({ namespace: 'shop' });

    expect(alerts.map(({ family }) => family).toSorted()).toEqual(['http-flood', 'port-scan', 'syn-flood']);
    expect(ownerOf(limited, LIMIT_RPS)).toEqual(['kubesecure (Apply)']);
    expect(foreign(limited)).toEqual(foreign(before));
    expect(flooder.filter((status) => status === 429).length).toBeGreaterThan(150);
    expect(bystander).toEqual([200, 200, 200]);

    expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
    expect(JSON.stringify(after.metadata?.managedFields)).not.toContain('kubesecure');
    expect(decisions.map(({ family, state }) => [family, state])).toEqual([['http-flood', 'expired']]);

    const steps = audit.filter(({ decisionId }) => decisionId === decisions[0]?.id).map(({ action }) => action);
    expect(steps).toEqual(expect.arrayContaining(['decision.planned', 'decision.applied', 'decision.expired']));
    const reasons = events.items
      .filter(({ regarding }) => regarding?.name === SHOP.ingress)
      .map(({ reason }) => reason);
    expect(new Set(reasons).size).toBeGreaterThanOrEqual(2); // one for the limit, one for its end
    const posts = slack.posts.map(({ text }) => text);
    for (const title of ['HTTP flood', 'SYN flood', 'Port scan']) {
      expect(posts.filter((text) => text.includes(`${title} `)).length).toBeGreaterThan(0);
    }
    expect(product.output()).not.toContain(slack.url);
  });

  test('a busy day raises no alert and touches nothing', async () => {
    const product = await start('busy-day.pcap', '--speed', 'max');
    await waitFor(60_000, () => product.output().includes('The replay is over'));

    expect(await product.alerts()).toEqual([]);
    expect(await product.decisions()).toEqual([]);
    expect(slack.requests()).toBe(0);
    expect(await ingress()).toEqual(before);
  });

  test('killed between "alert stored" and "Slack posted", it posts after the restart, of one alert', async () => {
    slack.behave('hang');
    const first = await start('attack.pcap', '--speed', '2');
    const [alert] = await waitFor(30_000, async () => {
      const alerts = await first.alerts();
      return alerts.length > 0 && slack.requests() > 0 ? alerts : null;
    });
    expect(slack.posts).toEqual([]);
    await first.kill();

    slack.behave('answer');
    const second = await start('attack.pcap', '--speed', '2');
    await waitFor(30_000, () => slack.posts.some(({ text }) => text.includes('HTTP flood')));
    await waitFor(60_000, () => second.output().includes('The replay is over'));

    const floods = (await second.alerts()).filter(({ family }) => family === 'http-flood');
    expect(floods.map(({ id }) => id)).toEqual([alert?.id]);
  });

  test('killed between "decision stored" and "Ingress patched", it limits after the restart, once', async () => {
    const first = await start('attack.pcap', '--speed', '1');
    cable.pause();
    const [decision] = await waitFor(30_000, async () => {
      const decisions = await first.decisions();
      return decisions.length > 0 && cable.heldBytes() > 0 ? decisions : null;
    });
    expect(['planned', 'failed']).toContain(decision?.state);
    expect(await limitNow()).toBe('50');
    await first.kill();

    cable.resume();
    const second = await start('busy-day.pcap', '--speed', '1');
    await waitFor(30_000, async () => (await limitNow()) === '5');
    await waitFor(TTL_MS + 30_000, async () => (await limitNow()) === '50');
    await waitFor(10_000, async () => (await second.decisions())[0]?.state === 'expired');

    expect((await second.decisions()).map(({ id }) => id)).toEqual([decision?.id]);
    expect((await second.alerts()).map(({ family }) => family)).toEqual(['http-flood']);
    expect(withoutBookkeeping(await ingress())).toEqual(withoutBookkeeping(before));
  });

  test('an API server that does not answer costs no alert, is said, and is asked again', async () => {
    const product = await start('attack.pcap', '--speed', '2');
    cable.pause();
    await waitFor(30_000, async () => (await product.decisions())[0]?.state === 'failed');
    const readiness = await waitFor(30_000, async () => {
      const response = await fetch(`${product.url}/readyz`);
      return response.status === 503 ? await response.text() : null;
    });
    expect(readiness).toContain('kubernetes');
    expect((await product.alerts()).length).toBeGreaterThan(0);

    cable.resume();
    await waitFor(60_000, async () => (await limitNow()) === '5');
    await waitFor(30_000, async () => (await fetch(`${product.url}/readyz`)).status === 200);
    await waitFor(TTL_MS + 30_000, async () => (await limitNow()) === '50');
  });

  /** Statuses of requests through Traefik, one after another, from one address of the loopback network. */
  async function requestsFrom(localAddress: string, count: number): Promise<number[]> {
    const statuses: number[] = [];
    for (let i = 0; i < count; i++) statuses.push(await statusOf(localAddress));
    return statuses;
  }

  function statusOf(localAddress: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const asked = request(testbed.traefik?.url ?? '', { localAddress, headers: { host: SHOP.host } }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      });
      asked.once('error', reject);
      asked.end();
    });
  }
});

function foreign(ingress: V1Ingress): Record<string, string> {
  const annotations = Object.entries(ingress.metadata?.annotations ?? {});
  return Object.fromEntries(annotations.filter(([key]) => !key.startsWith('nginx.ingress.kubernetes.io/limit-')));
}
