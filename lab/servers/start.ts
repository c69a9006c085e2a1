import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeSecureError } from '#core/error.ts';
import type { Hosts, ServiceName } from '../addresses.ts';
import type { Commands, Service } from '../commands.ts';
import type { LabKind } from '../lab-kind.ts';
import type { Network } from '../network.ts';
import { pause } from '../pause.ts';
import type { Random } from '../random.ts';
import type { Accounts } from '../scenario.ts';
import { prepareApp } from './app.ts';
import { prepareBastion } from './bastion.ts';
import { prepareCache } from './cache.ts';
import { prepareDatabase } from './database.ts';
import { prepareDns } from './dns.ts';
import { prepareQueue } from './queue.ts';
import { prepareRemote } from './remote.ts';
import { prepareRpc } from './rpc.ts';
import type { Preparation, Server } from './server.ts';
import { prepareWeb } from './web.ts';

const READY_LIMIT_MS = 15_000;

type Prepare = (preparation: Preparation) => Promise<readonly Server[]>;

/** What every lab has, and what a plan may name beside. */
const ALWAYS = { web: prepareWeb, app: prepareApp, dns: prepareDns } as const satisfies Record<string, Prepare>;
const NAMED: Readonly<Record<ServiceName, Prepare>> = {
  database: prepareDatabase,
  cache: prepareCache,
  queue: prepareQueue,
  rpc: prepareRpc,
  bastion: prepareBastion,
  remote: prepareRemote,
};

/** Starts the servers of this lab on their machines; resolves with them once each has answered. */
export async function startServers(
  commands: Commands,
  network: Network,
  options: {
    hosts: Hosts;
    accounts: Accounts;
    kind: LabKind;
    scratch: string;
    random: Random;
    signal: AbortSignal;
  },
): Promise<Service[]> {
  const { hosts, scratch, random, signal } = options;
  // Servers that give up root must get through to their own folders.
  await chmod(scratch, 0o711);
  const preparers: [string, Prepare][] = Object.entries(ALWAYS);
  preparers.push(...hosts.services.map((name): [string, Prepare] => [name, NAMED[name]]));

  const startOne = async ([name, prepare]: [string, Prepare]): Promise<Service[]> => {
    const folder = join(scratch, name);
    await mkdir(folder);
    const servers = await prepare({ ...options, folder, random: random.fork(name) });
    return Promise.all(
      servers.map(async ({ host, argv, question }) => {
        const service = commands.start(network.on(host, argv));
        await waitForAnswer(name, service, () => commands.run(network.on(hosts.gateway, question), signal));
        return service;
      }),
    );
  };
  return (await Promise.all(preparers.map(startOne))).flat();
}

async function waitForAnswer(name: string, service: Service, ask: () => Promise<number | null>): Promise<void> {
  const limit = Date.now() + READY_LIMIT_MS;
  while (Date.now() < limit && service.isRunning()) {
    const code = await ask();
    // Null: somebody interrupts the lab, which the caller sees for itself.
    if (code === 0 || code === null) return;
    await pause(50);
  }
  throw new KubeSecureError('internal', `while starting the lab's ${name}: it does not answer: ${service.said()}`);
}
