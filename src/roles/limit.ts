/** `limit apply|revert|check`: a person's word on one Ingress, carried out by the same responder as the rules. */
import { systemClock } from '#core/clock.ts';
import type { IngressRef } from '#core/decision.ts';
import { KubeSecureError } from '#core/error.ts';
import type { Config } from '#config/config.ts';
import { createChannels } from '#notify/channels.ts';
import { createResponder, type Responder } from '#response/responder.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';
import { createLog } from '#telemetry/log.ts';
import { openCluster } from './cluster-access.ts';

type ApplyRequest = Parameters<Responder['apply']>[0];

/** Sets a limit and says what was done. It is undone by the running `kubesecure up` that shares the data file. */
export async function applyLimit(settings: Config, request: ApplyRequest): Promise<void> {
  await withResponder(settings, async (responder) => {
    const { decision, notes } = await responder.apply(request);
    const where = `${request.ref.namespace}/${request.ref.name}`;
    const done = decision.state === 'simulated' ? 'would be limited (dry run)' : decision.state;
    say(`${where}: ${done}, until ${decision.until} (decision ${decision.id})`, ...notes);
    if (decision.state === 'applied') say('It is undone by a running `kubesecure up` with the same store.path.');
    if (decision.state === 'failed' || decision.state === 'refused') {
      throw new KubeSecureError('forbidden', `while limiting ${where}: ${decision.state}: ${decision.reason}`);
    }
  });
}

/** Puts back what stood before. */
export async function revertLimit(settings: Config, request: { ref: IngressRef; actor: string }): Promise<void> {
  await withResponder(settings, async (responder) => {
    const { decision, notes } = await responder.revert(request);
    const where = `${request.ref.namespace}/${request.ref.name}`;
    say(decision === null ? `${where}: no limit of ours is in force` : `${where}: ${decision.state}`, ...notes);
  });
}

/** Shows the limits on the Ingress now and who set them. */
export async function checkLimit(settings: Config, ref: IngressRef): Promise<void> {
  await withResponder(settings, async (responder) => {
    const { annotations, owners, decision } = await responder.check(ref);
    const entries = Object.entries(annotations);
    if (entries.length === 0) say(`${ref.namespace}/${ref.name}: no limit`);
    for (const [key, value] of entries) {
      say(`${key}: ${JSON.stringify(value)} (set by ${owners[key]?.join(', ') || 'nobody who says so'})`);
    }
    if (decision !== null) say(`ours until ${decision.until} (decision ${decision.id}, ${decision.state})`);
  });
}

async function withResponder(settings: Config, work: (responder: Responder) => Promise<void>): Promise<void> {
  const log = createLog(settings.telemetry);
  const cluster = await openCluster(settings, log);
  if (cluster === null) {
    throw new KubeSecureError(
      'usage',
      'while looking for a cluster: no kubeconfig; set KUBECONFIG or cluster.kubeconfig',
    );
  }
  const store = openSqliteStore({ path: settings.store.path, clock: systemClock, log });
  try {
    const responder = createResponder({
      store,
      ingressApi: cluster.ingressApi,
      clusterView: null,
      settings: settings.response,
      channels: createChannels(settings.notify, systemClock).map(({ name }) => name),
      clock: systemClock,
      log,
    });
    await work(responder);
    await responder.stop();
  } finally {
    await store.close();
  }
}

function say(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
