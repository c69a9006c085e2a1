import type { LabKind } from './lab-kind.ts';
import type { Random } from './random.ts';

/** One machine of the lab: a network namespace with one address. */
export interface Host {
  /** `web`, `client3`, ...: unique within a lab. */
  readonly role: string;
  readonly ip: string;
  /** Behind the gateway, with a public address of its own, some milliseconds away; false: in the captured subnet. */
  readonly outside: boolean;
}

/** Machines that are there only when a plan names them. */
export const SERVICES = ['database', 'cache', 'queue', 'rpc', 'bastion', 'remote'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Every machine of one lab. All have an address; `listHosts` gives those that are there. */
export interface Hosts {
  /** Default gateway, and the node that probes its pods' health. Forwards to and from the outside only. */
  readonly gateway: Host;
  /** The ingress: 80 and 8080 plain, 443 TLS; `/api/` goes through to app. */
  readonly web: Host;
  /** A Node service on 8000. */
  readonly app: Host;
  readonly dns: Host;
  /** Scrapes metrics. */
  readonly monitor: Host;
  /** PostgreSQL on 5432. */
  readonly database: Host;
  /** Redis on 6379, with a password. */
  readonly cache: Host;
  /** NATS on 4222, with user and password. */
  readonly queue: Host;
  /** HTTP/2 in clear text, in the way of gRPC, on 50051. */
  readonly rpc: Host;
  /** sshd on 22. */
  readonly bastion: Host;
  /** Outside: a machine on the internet, TLS on 443, HTTP on 80, sshd on 22, a byte sink on 9000. */
  readonly remote: Host;
  readonly clients: readonly Host[];
  readonly attackers: readonly Host[];
  /** Outside: ordinary people. */
  readonly visitors: readonly Host[];
  /** Inside: machines where nothing listens. */
  readonly targets: readonly Host[];
  /** Which of the optional machines are there. */
  readonly services: readonly ServiceName[];
}

/** How many machines a lab has; a `Plan` is one. */
export interface HostCounts {
  readonly clients: number;
  readonly attackers: number;
  readonly visitors?: number;
  readonly targets?: number;
  /** Whether attackers are machines on the internet, not taken-over ones inside. */
  readonly attackersOutside?: boolean;
  readonly services?: readonly ServiceName[];
}

const CORE_ROLES = ['gateway', 'web', 'app', 'dns', 'monitor'] as const;
const INSIDE_SERVICES = SERVICES.filter((name) => name !== 'remote');
/** The gateway has .1; .0 and .255 are no machine's. */
const FREE_OCTETS = 253;

/** A private /24, a last octet for every machine in it, public addresses outside: no address may tell a model anything. */
export function drawHosts(random: Random, counts: HostCounts, lab: LabKind = 'a'): Hosts {
  const subnet = drawSubnet(random, lab);
  const octets = random.shuffle(Array.from({ length: FREE_OCTETS }, (_, index) => index + 2));
  const publicAddresses = new Set<string>();
  const inside = (role: string): Host => ({ role, ip: `${subnet}.${octets.pop()}`, outside: false });
  const outside = (role: string): Host => {
    let ip = drawPublicAddress(random, lab);
    while (publicAddresses.has(ip)) ip = drawPublicAddress(random, lab);
    publicAddresses.add(ip);
    return { role, ip, outside: true };
  };
  const several = (role: string, count: number, make: (role: string) => Host) =>
    Array.from({ length: count }, (_, index) => make(`${role}${index + 1}`));
  return {
    gateway: { role: 'gateway', ip: `${subnet}.1`, outside: false },
    web: inside('web'),
    app: inside('app'),
    dns: inside('dns'),
    monitor: inside('monitor'),
    database: inside('database'),
    cache: inside('cache'),
    queue: inside('queue'),
    rpc: inside('rpc'),
    bastion: inside('bastion'),
    remote: outside('remote'),
    clients: several('client', counts.clients, inside),
    attackers: several('attacker', counts.attackers, counts.attackersOutside === true ? outside : inside),
    visitors: several('visitor', counts.visitors ?? 0, outside),
    targets: several('target', counts.targets ?? 0, inside),
    services: counts.services ?? [],
  };
}

/** Inside machines only, at the given last octets of `subnet`, written as three octets: `10.77.0`; no service. */
export function placeHosts(
  subnet: string,
  octets: Record<(typeof CORE_ROLES)[number], number> & {
    clients: readonly number[];
    attackers: readonly number[];
  },
): Hosts {
  const host = (role: string, octet: number): Host => ({ role, ip: `${subnet}.${octet}`, outside: false });
  const [database, cache, queue, rpc, bastion] = INSIDE_SERVICES.map((role, index) => host(role, 250 + index));
  return {
    gateway: host('gateway', octets.gateway),
    web: host('web', octets.web),
    app: host('app', octets.app),
    dns: host('dns', octets.dns),
    monitor: host('monitor', octets.monitor),
    database,
    cache,
    queue,
    rpc,
    bastion,
    remote: { role: 'remote', ip: '192.0.2.1', outside: true },
    clients: octets.clients.map((octet, index) => host(`client${index + 1}`, octet)),
    attackers: octets.attackers.map((octet, index) => host(`attacker${index + 1}`, octet)),
    visitors: [],
    targets: [],
    services: [],
  };
}

/** All machines that are there, in one list. */
export function listHosts(hosts: Hosts): Host[] {
  return [
    ...[...CORE_ROLES, ...hosts.services].map((role) => hosts[role]),
    ...hosts.clients,
    ...hosts.attackers,
    ...hosts.visitors,
    ...hosts.targets,
  ];
}

/** A /24 in a block that clusters use: two of RFC 1918's in lab a; in lab b the third, and RFC 6598's as some clouds do. */
function drawSubnet(random: Random, lab: LabKind): string {
  const subnets = {
    a: [`10.${random.integer(0, 255)}.${random.integer(0, 255)}`, `192.168.${random.integer(0, 255)}`],
    b: [
      `172.${random.integer(16, 31)}.${random.integer(0, 255)}`,
      `100.${random.integer(64, 127)}.${random.integer(0, 255)}`,
    ],
  };
  return random.pick(subnets[lab]);
}

/** A unicast address in none of the reserved blocks; whoever has it in the world never hears of it. */
function drawPublicAddress(random: Random, lab: LabKind): string {
  const first =
    lab === 'a' ? random.integer(11, 99) : random.pick([random.integer(128, 168), random.integer(204, 222)]);
  return [first, random.integer(0, 255), random.integer(0, 255), random.integer(1, 254)].join('.');
}
