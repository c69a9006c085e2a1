import type { Node, Pod, Service } from './resources.ts';

/** What the cluster calls the owner of some addresses: `namespace/kind/name`; the namespace is empty for a node. */
export interface AddressOwner {
  readonly workload: string;
  readonly ips: readonly string[];
}

/**
 * The workload a pod belongs to, and the pod's addresses. Null where its addresses are not its own (host network) or
 * no longer its own (it has ended, and they may be given to another).
 */
export function ownerOfPod(pod: Pod): AddressOwner | null {
  if (pod.spec.hostNetwork || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') return null;
  const ips = pod.status.podIPs.map(({ ip }) => ip);
  const { namespace, name } = pod.metadata;
  const owner = pod.metadata.ownerReferences.find(({ controller }) => controller);
  if (owner === undefined) return { workload: `${namespace}/pod/${name}`, ips };

  // A Deployment names its ReplicaSets `<deployment>-<pod-template-hash>`: no need to watch them all.
  const hash = pod.metadata.labels['pod-template-hash'];
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return { workload: `${namespace}/deployment/${owner.name.slice(0, -hash.length - 1)}`, ips };
  }
  return { workload: `${namespace}/${owner.kind.toLowerCase()}/${owner.name}`, ips };
}

export function ownerOfNode(node: Node): AddressOwner {
  const ips = node.status.addresses.filter(({ type }) => type.endsWith('IP')).map(({ address }) => address);
  return { workload: `/node/${node.metadata.name}`, ips };
}

export function ownerOfService(service: Service): AddressOwner {
  return { workload: `${service.metadata.namespace}/service/${service.metadata.name}`, ips: addressesOf(service) };
}

/** Every address under which a service is reached from anywhere. */
export function addressesOf(service: Service): string[] {
  const balancer = service.status.loadBalancer.ingress.flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
  return [...service.spec.clusterIPs.filter((ip) => ip !== 'None'), ...service.spec.externalIPs, ...balancer];
}
