import type { IngressRef } from './decision.ts';

/** What the rest may ask about the cluster; answered from a watch cache, so it never waits. */
export interface ClusterView {
  /** `namespace/kind/name` of the workload (the pod's owner, a service, a node) that has this address, else null. */
  workloadOf(ip: string): string | null;
  /** The Ingresses that lead to this address and port: their own addresses, a backend service's, its endpoints'. */
  ingressesOf(ip: string, port: number | null): IngressRef[];
  /** Whether the API server answered last time, and if not, why. */
  health(): { readonly reachable: boolean; readonly reason: string };
}
