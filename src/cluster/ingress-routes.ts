import type { EndpointSlice, Ingress, Service } from './resources.ts';
import { addressesOf } from './workload.ts';

export interface RoutingObjects {
  readonly services: Iterable<Service>;
  readonly endpointSlices: Iterable<EndpointSlice>;
}

/** A port of a service as an Ingress names it: by number, by name, or not at all. */
interface ServicePort {
  readonly name?: string | undefined;
  readonly number?: number | undefined;
}

/**
 * Whether traffic to this address and port has come, or will go, through the Ingress: the address is the one in its
 * status, or belongs to the controller's service that stands behind that address, or to a backend service or one of its
 * endpoints. A null port matches any.
 */
export function leadsTo(ingress: Ingress, ip: string, port: number | null, objects: RoutingObjects): boolean {
  const front = ingress.status.loadBalancer.ingress.flatMap((entry) => (entry.ip === undefined ? [] : [entry.ip]));
  if (front.includes(ip)) return true;

  for (const service of objects.services) {
    const isFront = addressesOf(service).some((address) => front.includes(address));
    const ports = isFront ? [{}] : backendPorts(ingress, service);
    if (ports.some((wanted) => reaches(service, wanted, ip, port, objects.endpointSlices))) return true;
  }
  return false;
}

function backendPorts(ingress: Ingress, service: Service): ServicePort[] {
  if (service.metadata.namespace !== ingress.metadata.namespace) return [];
  const backends = ingress.spec.rules.flatMap((rule) => rule.http?.paths.map(({ backend }) => backend) ?? []);
  return [...backends, ...(ingress.spec.defaultBackend === undefined ? [] : [ingress.spec.defaultBackend])]
    .filter((backend) => backend.service?.name === service.metadata.name)
    .map((backend) => backend.service?.port ?? {});
}

function reaches(
  service: Service,
  wanted: ServicePort,
  ip: string,
  port: number | null,
  slices: Iterable<EndpointSlice>,
): boolean {
  const ports = service.spec.ports.filter(
    ({ name, port: number }) =>
      (wanted.name === undefined || wanted.name === name) && (wanted.number === undefined || wanted.number === number),
  );
  if (addressesOf(service).includes(ip)) return port === null || ports.some((candidate) => candidate.port === port);

  const names = new Set(ports.map(({ name }) => name));
  for (const slice of slices) {
    if (slice.metadata.namespace !== service.metadata.namespace) continue;
    if (slice.metadata.labels['kubernetes.io/service-name'] !== service.metadata.name) continue;
    if (!slice.endpoints.some(({ addresses }) => addresses.includes(ip))) continue;
    if (port === null) return true;
    // A slice's port has the name of the service's port; its number is the target's. None means any.
    if (slice.ports.some((entry) => names.has(entry.name ?? '') && (entry.port ?? port) === port)) return true;
  }
  return false;
}
