/**
 * From the first malicious packet to the alert, to Slack, to the changed Ingress: the sample attack is replayed at real
 * speed against a real API server, as often as asked (`node bench/response-time.ts [RUNS]`). Prints median and p95.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetworkingV1Api } from '@kubernetes/client-node';
import { Truth } from '../lab/truth.ts';
import { personsIngress } from '../test/scenario/shop-ingress.ts';
import { startProduct, waitFor } from '../test/scenario/product.ts';
import { startSlackReceiver } from '../test/scenario/slack-receiver.ts';
import { applyShop } from '../testbed/servers/shop.ts';
import { SHOP, startTestbed } from '../testbed/testbed.ts';

const SAMPLE = join(import.meta.dirname, '../samples/attack');
const LIMIT_RPS = 'nginx.ingress.kubernetes.io/limit-rps';

/** Milliseconds since the attack's first packet. */
interface Times {
  readonly alert: number;
  readonly slack: number;
  readonly ingress: number;
}

const runs = Number(process.argv[2] ?? 10);
const truth = Truth.parse(JSON.parse(readFileSync(`${SAMPLE}.truth.json`, 'utf8')));
const flood = truth.attacks.find(({ family }) => family === 'http-flood');
if (flood === undefined) throw new Error('the sample has no HTTP flood');
const offsetMs = (flood.startUs - truth.startUs) / 1000;

const testbed = await startTestbed({ progress: (line) => process.stderr.write(`${line}\n`) });
try {
  const networking = testbed.adminKubeconfig.makeApiClient(NetworkingV1Api);
  await applyShop(testbed.kubeconfigPath, '198.18.0.2');
  const times: Times[] = [];
  for (let run = 1; run <= runs; run++) {
    const measured = await measure(networking);
    process.stderr.write(`run ${run}: ${JSON.stringify(measured)}\n`);
    times.push(measured);
  }
  process.stdout.write(`milliseconds after the first malicious packet, ${runs} runs at real speed\n`);
  for (const what of ['alert', 'slack', 'ingress'] as const) {
    const sorted = times.map((time) => time[what]).toSorted((a, b) => a - b);
    process.stdout.write(`${what.padEnd(8)} median ${quantile(sorted, 0.5)}  p95 ${quantile(sorted, 0.95)}\n`);
  }
} finally {
  await testbed.stop();
}

async function measure(networking: NetworkingV1Api): Promise<Times> {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-bench-'));
  const slack = await startSlackReceiver();
  await personsIngress(networking);
  const config = join(folder, 'kubesecure.yaml');
  const rules = [{ family: 'http-flood', limit: { rps: 5 }, ttl: '10s' }];
  writeFileSync(
    config,
    JSON.stringify({ response: { mode: 'enforce', rules }, store: { path: join(folder, 'data.db') } }),
  );
  const product = await startProduct(['--replay', `${SAMPLE}.pcap`, '--config', config], {
    KUBECONFIG: testbed.kubeconfigPath,
    SLACK_WEBHOOK_URL: slack.url,
    KUBESECURE_TELEMETRY_LOG_LEVEL: 'info',
  });
  try {
    const started = await waitFor(30_000, () => /"startedAt":"([^"]+)"/.exec(product.output())?.[1]);
    const firstPacketMs = Date.parse(started) + offsetMs;
    const limited = waitFor(60_000, async () => {
      const ingress = await networking.readNamespacedIngress({ namespace: SHOP.namespace, name: SHOP.ingress });
      return ingress.metadata?.annotations?.[LIMIT_RPS] === '5' ? Date.now() : null;
    });
    const posted = waitFor(60_000, () => slack.posts.find(({ text }) => text.includes('HTTP flood'))?.atMs);
    const [ingressMs, slackMs] = await Promise.all([limited, posted]);
    const [alert] = (await product.alerts()).filter(({ family }) => family === 'http-flood');
    const sinceFirst = (ms: number) => Math.round(ms - firstPacketMs);
    const alertMs = Date.parse(alert?.timestamp ?? '');
    // The limit is taken back before the next run begins.
    await waitFor(60_000, async () => (await product.decisions())[0]?.state === 'expired');
    return { alert: sinceFirst(alertMs), slack: sinceFirst(slackMs), ingress: sinceFirst(ingressMs) };
  } finally {
    await product.stop();
    await slack.close();
    rmSync(folder, { recursive: true });
  }
}

/** Nearest rank. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
