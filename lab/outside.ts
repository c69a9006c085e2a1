import { join } from 'node:path';
import { KubeSecureError } from '#core/error.ts';
import { type Host, type Hosts, listHosts } from './addresses.ts';
import type { Commands, Service } from './commands.ts';
import { batch, enter, eth0Up, namespaceOf, setSysctls } from './namespace.ts';
import { pause } from './pause.ts';
import type { Path } from './relay/paths.ts';
import { READY_LINE } from './relay/ready-line.ts';

/** How far away the machines outside are, and the seed of what happens to single packets on their way. */
export interface Outside {
  readonly paths: readonly Path[];
  readonly seed: number;
}

const RELAY_MAIN = join(import.meta.dirname, 'relay', 'relay-main.ts');
/** Names of the two ends of the stretch between gateway and internet. */
const GATEWAY_END = 'uplink';
const INTERNET_END = 'downlink';
const START_LIMIT_MS = 10_000;
/** Packets that wait for the relay before the kernel drops some. */
const QUEUE_PACKETS = 5_000;
/** Every machine outside has its router on a wire of its own, under the same address. */
const ROUTER_IP = '169.254.0.1';

/**
 * Adds machines with public addresses to a lab: each on a wire to the namespace `internet`, which reaches the gateway
 * through the relay alone. The gateway begins to forward, between its two legs; whatever is for no machine of the lab
 * ends there or in `internet` without an answer, and neither has a way out.
 */
export async function buildOutside(
  commands: Commands,
  lab: string,
  hosts: Hosts,
  options: { segmentationOffload: boolean; outside: Outside },
): Promise<Service> {
  const outside = listHosts(hosts).filter((host) => host.outside);
  const [internet, relaySpace] = [namespaceOf(lab, 'internet'), namespaceOf(lab, 'relay')];
  const gateway = namespaceOf(lab, hosts.gateway.role);
  const names = [internet, relaySpace, ...outside.map((host) => namespaceOf(lab, host.role))];
  await batch(
    [],
    names.map((name) => `netns add ${name}`),
  );
  await batch(['-n', relaySpace], ['link set lo up']);
  for (const router of [gateway, internet]) await setSysctls(router, ROUTER_SETTINGS);

  const { paths, seed } = options.outside;
  const argv = [process.execPath, RELAY_MAIN, GATEWAY_END, INTERNET_END, String(seed), JSON.stringify(paths)];
  const relay = commands.start(enter(relaySpace, argv));
  await waitUntilReady(relay);
  // A device keeps its other end when it moves.
  await batch(
    ['-n', relaySpace],
    [`link set ${GATEWAY_END} netns ${gateway}`, `link set ${INTERNET_END} netns ${internet}`],
  );

  const subnet = hosts.gateway.ip.replace(/\.\d+$/, '.0/24');
  await batch(
    ['-n', gateway],
    [...endUp(GATEWAY_END), ...outside.map(({ ip }) => `route add ${ip} dev ${GATEWAY_END}`)],
  );
  await batch(
    ['-n', internet],
    [...internetLines(lab, outside), ...endUp(INTERNET_END), `route add ${subnet} dev ${INTERNET_END}`],
  );
  await Promise.all(outside.map((host) => configureHost(lab, host, options)));
  return relay;
}

const ROUTER_SETTINGS = {
  'net.ipv4.ip_forward': 1,
  'net.ipv4.conf.all.rp_filter': 0,
  'net.ipv4.conf.default.rp_filter': 0,
  'net.ipv4.conf.all.send_redirects': 0,
  'net.ipv4.conf.default.send_redirects': 0,
  'net.ipv6.conf.default.disable_ipv6': 1,
};

async function waitUntilReady(relay: Service): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  while (Date.now() < limit && relay.isRunning()) {
    if (relay.said().includes(READY_LINE)) return;
    await pause(20);
  }
  throw new KubeSecureError('internal', `while starting the lab's relay: ${relay.said()}`);
}

function endUp(device: string): string[] {
  return [`link set ${device} txqueuelen ${QUEUE_PACKETS} up`, 'route add blackhole default'];
}

function internetLines(lab: string, outside: readonly Host[]): string[] {
  return [
    'link set lo up',
    `addr add ${ROUTER_IP}/32 dev lo`,
    ...outside.flatMap(({ role, ip }, index) => [
      `link add port${index} type veth peer name eth0 netns ${namespaceOf(lab, role)}`,
      `link set port${index} up`,
      `route add ${ip} dev port${index}`,
    ]),
  ];
}

async function configureHost(lab: string, host: Host, options: { segmentationOffload: boolean }): Promise<void> {
  const name = namespaceOf(lab, host.role);
  await setSysctls(name, { 'net.ipv4.conf.all.rp_filter': 0, 'net.ipv6.conf.eth0.disable_ipv6': 1 });
  await batch(
    ['-n', name],
    [
      ...eth0Up(`${host.ip}/32`, options),
      `route add ${ROUTER_IP} dev eth0 scope link`,
      `route add default via ${ROUTER_IP} dev eth0`,
    ],
  );
}
