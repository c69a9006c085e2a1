import type { Random } from './random.ts';

/** One machine of the lab: a network namespace with one address. */
export interface Host {
  /** `web`, `client3`, ...: unique within a lab. */
  readonly role: string;
  readonly ip: string;
}

/** Every machine of one lab. */
export interface Hosts {
  /** Default gateway that forwards nothing, and the node that probes its pods' health. */
  readonly gateway: Host;
  /** nginx: 80 and 8080 plain, 443 TLS. */
  readonly web: Host;
  /** A Node service on 8000. */
  readonly app: Host;
  readonly dns: Host;
  /** Scrapes metrics. */
  readonly monitor: Host;
  readonly clients: readonly Host[];
  readonly attackers: readonly Host[];
}

const SERVER_ROLES = ['gateway', 'web', 'app', 'dns', 'monitor'] as const;

/** A private /24 and a last octet for every machine, all by chance: no address may tell a model anything. */
export function drawHosts(random: Random, counts: { clients: number; attackers: number }): Hosts {
  const subnet = drawSubnet(random);
  const octets = random.shuffle(Array.from({ length: 253 }, (_, index) => index + 2));
  return placeHosts(subnet, {
    gateway: 1,
    web: octets[0],
    app: octets[1],
    dns: octets[2],
    monitor: octets[3],
    clients: octets.slice(4, 4 + counts.clients),
    attackers: octets.slice(4 + counts.clients, 4 + counts.clients + counts.attackers),
  });
}

/** Machines at the given last octets of `subnet`, written as three octets: `10.77.0`. */
export function placeHosts(
  subnet: string,
  octets: Record<(typeof SERVER_ROLES)[number], number> & { clients: readonly number[]; attackers: readonly number[] },
): Hosts {
  const host = (role: string, octet: number): Host => ({ role, ip: `${subnet}.${octet}` });
  return {
    gateway: host('gateway', octets.gateway),
    web: host('web', octets.web),
    app: host('app', octets.app),
    dns: host('dns', octets.dns),
    monitor: host('monitor', octets.monitor),
    clients: octets.clients.map((octet, index) => host(`client${index + 1}`, octet)),
    attackers: octets.attackers.map((octet, index) => host(`attacker${index + 1}`, octet)),
  };
}

/** All machines in one list. */
export function listHosts(hosts: Hosts): Host[] {
  return [...SERVER_ROLES.map((role) => hosts[role]), ...hosts.clients, ...hosts.attackers];
}

/** One of RFC 1918's three blocks, then a /24 in it. */
function drawSubnet(random: Random): string {
  const subnets = [
    `10.${random.integer(0, 255)}.${random.integer(0, 255)}`,
    `172.${random.integer(16, 31)}.${random.integer(0, 255)}`,
    `192.168.${random.integer(0, 255)}`,
  ];
  return random.pick(subnets);
}
