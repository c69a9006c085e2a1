import { z } from 'zod';
import { runOnce } from '../lab/commands.ts';
import { enter } from '../lab/namespace.ts';
import { listNamespaces } from '../lab/network.ts';
import { LAB_PREFIX } from '../lab/owner.ts';

/** Two namespaces of our own with a wire between them; nothing else is on it, and no address. */
export interface VethPair {
  /** Command line that runs `argv` at the sender's end. */
  atSender(argv: readonly string[]): string[];
  /** Command line that runs `argv` at the watcher's end. */
  atWatcher(argv: readonly string[]): string[];
  /** The interface's name, the same at both ends. */
  readonly interface: string;
  /** Packets that have arrived at the watcher's end, and those that the kernel could not take in. */
  received(): Promise<{ readonly packets: number; readonly dropped: number }>;
  /** Whether a program captures at the watcher's end. */
  isWatched(): Promise<boolean>;
  remove(): Promise<void>;
}

const LinkStatistics = z.object({ stats64: z.object({ rx: z.object({ packets: z.number(), dropped: z.number() }) }) });

const INTERFACE = 'wire0';

/** Needs root. What a killed process leaves of it is removed by `removeStaleNetworks`. */
export async function createVethPair(): Promise<VethPair> {
  const sender = `${LAB_PREFIX}-${process.pid}-sender`;
  const watcher = `${LAB_PREFIX}-${process.pid}-watcher`;
  const pair: VethPair = {
    atSender: (argv) => enter(sender, argv),
    atWatcher: (argv) => enter(watcher, argv),
    interface: INTERFACE,
    async received() {
      const told = await runOnce(['ip', '-j', '-s', '-n', watcher, 'link', 'show', INTERFACE]);
      const [link] = z.array(LinkStatistics).parse(JSON.parse(told));
      return link.stats64.rx;
    },
    async isWatched() {
      // A heading, then a line for each packet socket.
      const sockets = await runOnce(enter(watcher, ['cat', '/proc/net/packet']));
      return sockets.trim().split('\n').length > 1;
    },
    async remove() {
      const made = await listNamespaces(`${LAB_PREFIX}-${process.pid}-`);
      for (const namespace of made) await runOnce(['ip', 'netns', 'del', namespace]);
    },
  };
  try {
    await build(sender, watcher);
  } catch (error) {
    await pair.remove();
    throw error;
  }
  return pair;
}

async function build(sender: string, watcher: string): Promise<void> {
  await runOnce(['ip', 'netns', 'add', sender]);
  await runOnce(['ip', 'netns', 'add', watcher]);
  const peer = ['peer', 'name', INTERFACE, 'netns', watcher];
  await runOnce(['ip', '-n', sender, 'link', 'add', INTERFACE, 'type', 'veth', ...peer]);
  for (const namespace of [sender, watcher]) {
    await runOnce(enter(namespace, ['sysctl', '-q', '-w', `net.ipv6.conf.${INTERFACE}.disable_ipv6=1`]));
    await runOnce(['ip', '-n', namespace, 'link', 'set', INTERFACE, 'up']);
  }
}
