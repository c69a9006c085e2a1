import { systemCodeOf } from '#core/error.ts';
import { type Host, type Hosts, listHosts } from './addresses.ts';
import { type Commands, runOnce, type Service } from './commands.ts';
import { batch, enter, eth0Up, namespaceOf, setSysctls } from './namespace.ts';
import { isAlive, LAB_PREFIX, ownerOf } from './owner.ts';
import { buildOutside, type Outside } from './outside.ts';

/** Namespaces of one lab: one for each machine, and one for the bridge between those inside. */
export interface Network {
  /** Command line that runs `argv` on this machine. */
  on(host: Host, argv: readonly string[]): string[];
  /** Command line that runs `argv` beside the bridge, where every frame passes once. */
  onSwitch(argv: readonly string[]): string[];
  readonly bridge: string;
  /** What carries packets to and from the outside; null where nothing is outside. */
  readonly relay: Service | null;
  /** Kills what still runs in the namespaces, then removes them. */
  remove(): Promise<void>;
}

/** What differs from one network to the next. */
export interface NetworkOptions {
  readonly segmentationOffload: boolean;
  readonly ipv6: boolean;
}

const BRIDGE = 'br0';
let labsOfThisProcess = 0;

/**
 * Builds the network. Nothing of it lies in the machine's own namespace, and names carry the process id, so labs do not
 * meet. `segmentationOffload: false` makes the kernel cut segments to the wire's size before the capture sees them; with
 * it, captures hold segments of up to 64 KiB, as they do on a Kubernetes node's veth. `ipv6` lets the machines speak of
 * their link-local addresses, as most do. `outside` is used where `hosts` has machines there.
 */
export async function createNetwork(
  commands: Commands,
  hosts: Hosts,
  options: NetworkOptions & { outside: Outside },
): Promise<Network> {
  labsOfThisProcess++;
  const lab = `${LAB_PREFIX}-${process.pid}-${labsOfThisProcess}`;
  try {
    await buildInside(lab, hosts, options);
    const hasOutside = listHosts(hosts).some((host) => host.outside);
    const relay = hasOutside ? await buildOutside(commands, lab, hosts, options) : null;
    return describeNetwork(lab, relay);
  } catch (error) {
    await removeLab(lab);
    throw error;
  }
}

/** Removes labs whose process is gone (killed with SIGKILL, say). Gives their namespaces' names. */
export async function removeStaleNetworks(): Promise<string[]> {
  const names = await listNamespaces(`${LAB_PREFIX}-`);
  const stale: string[] = [];
  for (const name of names) if (!(await isAlive(ownerOf(name)))) stale.push(name);
  await removeNamespaces(stale);
  return stale;
}

/** Names of all namespaces that begin with `prefix`. */
export async function listNamespaces(prefix: string): Promise<string[]> {
  const lines = (await runOnce(['ip', 'netns', 'list'])).split('\n');
  return lines.map((line) => line.split(' ')[0]).filter((name) => name.startsWith(prefix));
}

function describeNetwork(lab: string, relay: Service | null): Network {
  return {
    on: (host, argv) => enter(namespaceOf(lab, host.role), argv),
    onSwitch: (argv) => enter(namespaceOf(lab, 'switch'), argv),
    bridge: BRIDGE,
    relay,
    remove: () => removeLab(lab),
  };
}

async function buildInside(lab: string, hosts: Hosts, options: NetworkOptions): Promise<void> {
  const inside = listHosts(hosts).filter((host) => !host.outside);
  const wires = namespaceOf(lab, 'switch');
  const names = [wires, ...inside.map((host) => namespaceOf(lab, host.role))];
  await batch(
    [],
    names.map((name) => `netns add ${name}`),
  );
  await batch(
    ['-n', wires],
    [
      `link add ${BRIDGE} type bridge`,
      `link set ${BRIDGE} up`,
      ...inside.flatMap((host, index) => [
        `link add port${index} type veth peer name eth0 netns ${namespaceOf(lab, host.role)}`,
        `link set port${index} master ${BRIDGE} up`,
      ]),
    ],
  );
  await Promise.all(inside.map((host) => configureHost(lab, host, hosts.gateway, options)));
}

async function configureHost(lab: string, host: Host, gateway: Host, options: NetworkOptions): Promise<void> {
  const name = namespaceOf(lab, host.role);
  const route = host === gateway ? [] : [`route add default via ${gateway.ip}`];
  await setSysctls(name, {
    // Answers to invented sources must leave the server and end at the gateway.
    'net.ipv4.ip_forward': 0,
    'net.ipv4.conf.all.rp_filter': 0,
    'net.ipv4.conf.eth0.rp_filter': 0,
    'net.ipv6.conf.eth0.disable_ipv6': options.ipv6 ? 0 : 1,
  });
  await batch(['-n', name], [...eth0Up(`${host.ip}/24`, options), ...route]);
}

async function removeLab(lab: string): Promise<void> {
  await removeNamespaces(await listNamespaces(`${lab}-`));
}

async function removeNamespaces(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const pids = (await runOnce(['ip', 'netns', 'pids', name])).split('\n').filter((line) => line !== '');
    pids.forEach((pid) => kill(Number(pid)));
  }
  if (names.length > 0)
    await batch(
      ['-force'],
      names.map((name) => `netns del ${name}`),
    );
}

/** Kills a process that may have ended by itself. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended between being listed and now.
    if (systemCodeOf(error) !== 'ESRCH') throw error;
  }
}
