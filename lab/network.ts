import { systemCodeOf } from '#core/error.ts';
import { type Host, type Hosts, listHosts } from './addresses.ts';
import { runOnce } from './commands.ts';
import { isAlive, LAB_PREFIX, ownerOf } from './owner.ts';

/** Namespaces of one lab: one for each machine, and one for the bridge between them. */
export interface Network {
  /** Command line that runs `argv` on this machine. */
  on(host: Host, argv: readonly string[]): string[];
  /** Command line that runs `argv` beside the bridge, where every frame passes once. */
  onSwitch(argv: readonly string[]): string[];
  readonly bridge: string;
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
 * their link-local addresses, as most do.
 */
export async function createNetwork(hosts: Hosts, options: NetworkOptions): Promise<Network> {
  labsOfThisProcess++;
  const lab = `${LAB_PREFIX}-${process.pid}-${labsOfThisProcess}`;
  const network = describeNetwork(lab);
  try {
    await build(lab, hosts, options);
  } catch (error) {
    await network.remove();
    throw error;
  }
  return network;
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

function describeNetwork(lab: string): Network {
  return {
    on: (host, argv) => enter(namespaceOf(lab, host.role), argv),
    onSwitch: (argv) => enter(namespaceOf(lab, 'switch'), argv),
    bridge: BRIDGE,
    remove: async () => removeNamespaces(await listNamespaces(`${lab}-`)),
  };
}

async function build(lab: string, hosts: Hosts, options: NetworkOptions): Promise<void> {
  const all = listHosts(hosts);
  const wires = namespaceOf(lab, 'switch');
  const names = [wires, ...all.map((host) => namespaceOf(lab, host.role))];
  await batch(
    [],
    names.map((name) => `netns add ${name}`),
  );
  await batch(
    ['-n', wires],
    [
      `link add ${BRIDGE} type bridge`,
      `link set ${BRIDGE} up`,
      ...all.flatMap((host, index) => [
        `link add port${index} type veth peer name eth0 netns ${namespaceOf(lab, host.role)}`,
        `link set port${index} master ${BRIDGE} up`,
      ]),
    ],
  );
  await Promise.all(all.map((host) => configureHost(lab, host, hosts.gateway, options)));
}

async function configureHost(lab: string, host: Host, gateway: Host, options: NetworkOptions): Promise<void> {
  const name = namespaceOf(lab, host.role);
  const lines = ['link set lo up', `addr add ${host.ip}/24 dev eth0`];
  if (!options.segmentationOffload) lines.push('link set eth0 gso_max_size 1514 gso_max_segs 1');
  lines.push('link set eth0 up');
  if (host !== gateway) lines.push(`route add default via ${gateway.ip}`);
  const settings = [
    // Answers to invented sources must leave the server and end at the gateway.
    'net.ipv4.ip_forward=0',
    'net.ipv4.conf.all.rp_filter=0',
    'net.ipv4.conf.eth0.rp_filter=0',
    `net.ipv6.conf.eth0.disable_ipv6=${options.ipv6 ? 0 : 1}`,
  ];
  await runOnce(enter(name, ['sysctl', '-q', '-w', ...settings]));
  await batch(['-n', name], lines);
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

async function batch(options: readonly string[], lines: readonly string[]): Promise<void> {
  await runOnce(['ip', ...options, '-batch', '-'], `${lines.join('\n')}\n`);
}

/** A command line that runs another one in a network namespace. */
export function enter(name: string, argv: readonly string[]): string[] {
  return ['nsenter', `--net=/run/netns/${name}`, '--', ...argv];
}

function namespaceOf(lab: string, role: string): string {
  return `${lab}-${role}`;
}
