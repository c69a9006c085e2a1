import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { API_SERVER, needs } from '../../testbed/needs.ts';
import { SHOP, startTestbed, type Testbed } from '../../testbed/testbed.ts';
import { type Product, startProduct, waitFor } from './product.ts';

const { test } = await needs('live flood', ...API_SERVER, 'traefik', 'ip', 'tcpdump', 'root');

const FLOODER = '127.0.0.2';
const BYSTANDER = '127.0.0.3';
const FLOOD_LIMIT_MS = 25_000;
const FLOOD_LIMIT_REQUESTS = 20_000;
const CONNECTIONS_AT_ONCE = 8;

/** When a request was answered (milliseconds since the epoch) and how. */
interface Answer {
  readonly atMs: number;
  readonly status: number;
}

let testbed: Testbed;
let folder: string;
let product: Product | null = null;

beforeAll(async () => {
  testbed = await startTestbed({ traefik: true });
  folder = mkdtempSync(join(tmpdir(), 'kubesecure-live-'));
});
afterAll(async () => {
  await product?.kill();
  await testbed.stop();
  rmSync(folder, { recursive: true });
});

test('a flood through the ingress is seen on the wire and cut; others go on; then it is over', async () => {
  const port = Number(new URL(testbed.traefik?.url ?? '').port);
  const config = join(folder, 'kubesecure.yaml');
  const settings = {
    capture: { filter: `tcp port ${port}` },
    response: {
      mode: 'enforce',
      rules: [{ family: 'http-flood', limit: { rps: 5, burst: 5 }, ttl: '10s' }],
      targets: [{ address: '127.0.0.1', port, namespace: SHOP.namespace, ingress: SHOP.ingress }],
    },
    store: { path: join(folder, 'data.db') },
  };
  writeFileSync(config, JSON.stringify(settings));
  product = await startProduct(['--interface', 'lo', '--config', config], { KUBECONFIG: testbed.kubeconfigPath });
  await waitFor(10_000, async () => (await fetch(`${product?.url}/readyz`)).status === 200);

  const startedMs = Date.now();
  let isOver = false;
  const untilMs = startedMs + FLOOD_LIMIT_MS;
  const mayGoOn = (sent: number) => !isOver && Date.now() < untilMs && sent < FLOOD_LIMIT_REQUESTS;
  const flood = askOften(FLOODER, { atOnce: CONNECTIONS_AT_ONCE, pauseMs: 10, mayGoOn });
  const bystander = askOften(BYSTANDER, { atOnce: 1, pauseMs: 500, mayGoOn });
  await waitFor(FLOOD_LIMIT_MS, () => flood.answers.some(({ status }) => status === 429));
  const cutMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 4000));
  isOver = true;
  await Promise.all([flood.done, bystander.done]);

  const alerts = await product.alerts();
  expect(alerts.map(({ family }) => family)).toEqual(['http-flood']);
  expect(cutMs - startedMs).toBeLessThan(10_000);
  const afterCut = flood.answers.filter(({ atMs }) => atMs > cutMs + 500);
  const served = afterCut.filter(({ status }) => status === 200).length;
  expect(afterCut.length).toBeGreaterThan(100);
  expect(served / ((afterCut.at(-1)?.atMs ?? 0) - cutMs)).toBeLessThan(0.01); // 10 a second, for a limit of 5
  expect(new Set(bystander.answers.map(({ status }) => status))).toEqual(new Set([200]));

  await waitFor(30_000, async () => (await product?.decisions())?.[0]?.state === 'expired');
  await waitFor(10_000, async () => {
    const again = await Promise.all(Array.from({ length: 20 }, () => ask(FLOODER)));
    return again.every(({ status }) => status === 200);
  });
});

/** Sends requests on new connections from one loopback address, a few at once, until told to end. */
function askOften(
  from: string,
  pace: { atOnce: number; pauseMs: number; mayGoOn: (sent: number) => boolean },
): { answers: readonly Answer[]; done: Promise<unknown> } {
  const answers: Answer[] = [];
  let sent = 0;
  const worker = async () => {
    while (pace.mayGoOn(sent)) {
      sent++;
      answers.push(await ask(from));
      await new Promise((resolve) => setTimeout(resolve, pace.pauseMs));
    }
  };
  return { answers, done: Promise.all(Array.from({ length: pace.atOnce }, worker)) };
}

function ask(localAddress: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { host: SHOP.host, connection: 'close' };
    const asked = request(testbed.traefik?.url ?? '', { localAddress, headers, agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve({ atMs: Date.now(), status: response.statusCode ?? 0 }));
    });
    asked.once('error', reject);
    asked.end();
  });
}
