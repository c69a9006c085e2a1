import type { IngressApi } from '#core/ingress-api.ts';
import type { Log } from '#core/log.ts';
import { connectCluster } from '#cluster/connection.ts';
import { createClusterView, type WatchingClusterView } from '#cluster/cluster-view.ts';
import { createIngressApi } from '#cluster/ingress-api.ts';
import type { Config } from '#config/config.ts';

/** What a role needs of a cluster. */
export interface ClusterAccess {
  readonly server: string;
  readonly ingressApi: IngressApi;
  readonly view: WatchingClusterView;
}

/** Access to the configured cluster, not yet watching; null where no cluster is configured. */
export async function openCluster(settings: Config, log: Log): Promise<ClusterAccess | null> {
  const connection = await connectCluster({ kubeconfig: settings.cluster.kubeconfig, inCluster: true }, log);
  if (connection === null) return null;
  return {
    server: connection.server,
    ingressApi: createIngressApi(connection),
    view: createClusterView(connection, log),
  };
}
