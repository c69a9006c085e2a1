import type { z } from 'zod';
import type { ClusterView } from '#core/cluster-view.ts';
import type { IngressRef } from '#core/decision.ts';
import type { Log } from '#core/log.ts';
import type { ClusterConnection } from './connection.ts';
import { leadsTo } from './ingress-routes.ts';
import { createReflector, type Reflector } from './reflector.ts';
import { EndpointSlice, Ingress, Node, Pod, Service } from './resources.ts';
import { type AddressOwner, ownerOfNode, ownerOfPod, ownerOfService } from './workload.ts';

export interface WatchingClusterView extends ClusterView {
  /** Resolves when every kind was listed once or could not be; never rejects. It goes on by itself after that. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What is watched, cluster-wide, and what for. */
export const WATCHED_RESOURCES = {
  pods: {
    apiGroup: '',
    resource: 'pods',
    path: '/api/v1/pods',
    why: 'to name an address after the workload that has it',
  },
  nodes: { apiGroup: '', resource: 'nodes', path: '/api/v1/nodes', why: 'to name the address of a node' },
  services: {
    apiGroup: '',
    resource: 'services',
    path: '/api/v1/services',
    why: 'to name a service, and to find the Ingress that leads to it',
  },
  endpointSlices: {
    apiGroup: 'discovery.k8s.io',
    resource: 'endpointslices',
    path: '/apis/discovery.k8s.io/v1/endpointslices',
    why: 'to find the Ingress that leads to an attacked pod',
  },
  ingresses: {
    apiGroup: 'networking.k8s.io',
    resource: 'ingresses',
    path: '/apis/networking.k8s.io/v1/ingresses',
    why: 'to find the Ingress in front of a victim',
  },
} as const;

type Watched = (typeof WATCHED_RESOURCES)[keyof typeof WATCHED_RESOURCES];

/** A view of the cluster, kept current by watches. A right that is missing costs the answers that depend on it, no more. */
export function createClusterView(connection: ClusterConnection, log: Log): WatchingClusterView {
  const owners = createOwnerIndex();

  function reflect<T>(
    { path, resource }: Watched,
    schema: z.ZodType<T>,
    ownerOf: (object: T) => AddressOwner | null = () => null,
  ): Reflector<T> {
    return createReflector({
      connection,
      path,
      resource,
      schema,
      log,
      onChange(before, now) {
        owners.replace(before === null ? null : ownerOf(before), now === null ? null : ownerOf(now));
      },
    });
  }

  const services = reflect(WATCHED_RESOURCES.services, Service, ownerOfService);
  const slices = reflect(WATCHED_RESOURCES.endpointSlices, EndpointSlice);
  const ingresses = reflect(WATCHED_RESOURCES.ingresses, Ingress);
  const reflectors = [
    reflect(WATCHED_RESOURCES.pods, Pod, ownerOfPod),
    reflect(WATCHED_RESOURCES.nodes, Node, ownerOfNode),
    services,
    slices,
    ingresses,
  ];

  return {
    workloadOf: (ip) => owners.find(ip),

    ingressesOf(ip, port) {
      const objects = { services: [...services.objects.values()], endpointSlices: [...slices.objects.values()] };
      const found: IngressRef[] = [];
      for (const ingress of ingresses.objects.values()) {
        const { namespace, name } = ingress.metadata;
        if (leadsTo(ingress, ip, port, objects)) found.push({ namespace, name });
      }
      return found;
    },

    health() {
      const problems = reflectors.flatMap((reflector) => reflector.problem() ?? []);
      const worst = problems.find(({ code }) => code === 'unavailable') ?? problems[0];
      return { reachable: worst?.code !== 'unavailable', reason: worst?.reason ?? '' };
    },

    async start() {
      await Promise.all(reflectors.map((reflector) => reflector.start()));
    },

    async stop() {
      await Promise.all(reflectors.map((reflector) => reflector.stop()));
    },
  };
}

/** Who has an address now. Two may have it for a moment, when one pod follows another: the newest is named. */
function createOwnerIndex(): {
  replace(before: AddressOwner | null, now: AddressOwner | null): void;
  find(ip: string): string | null;
} {
  const byIp = new Map<string, string[]>();
  return {
    replace(before, now) {
      for (const ip of before?.ips ?? []) {
        const workloads = byIp.get(ip) ?? [];
        const index = workloads.indexOf(before?.workload ?? '');
        if (index !== -1) workloads.splice(index, 1);
        if (workloads.length === 0) byIp.delete(ip);
      }
      for (const ip of now?.ips ?? []) {
        const workloads = byIp.get(ip);
        if (workloads === undefined) byIp.set(ip, [now?.workload ?? '']);
        else workloads.push(now?.workload ?? '');
      }
    },
    find: (ip) => byIp.get(ip)?.at(-1) ?? null,
  };
}
