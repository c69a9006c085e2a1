import { randomBytes, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

import { KubeSecureError } from '#core/error.ts';

import { runProgram } from '../parts/run-program.ts';

/** A network namespace joined to the machine by a pair of virtual interfaces. */
export type TestNetwork = {
  namespace: string;
  hostInterface: string;
  /** The addresses of the two ends, alone in a /30 of the range for tests between devices (RFC 2544). */
  hostAddress: string;
  insideAddress: string;
};

/** Chooses names and addresses nobody uses; makes nothing yet. */
export function planNetwork(): TestNetwork {
  const id = randomBytes(4).toString('hex');
  const taken = new Set(
    Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? []),
  );
  let hostAddress: string;
  let insideAddress: string;
  do {
    const prefix = `198.${randomInt(18, 20)}.${randomInt(256)}`;
    const base = randomInt(64) * 4;
    hostAddress = `${prefix}.${base + 1}`;
    insideAddress = `${prefix}.${base + 2}`;
  } while (taken.has(hostAddress));
  return { namespace: `kubesecure-${id}`, hostInterface: `ks${id}`, hostAddress, insideAddress };
}

/** Makes the planned namespace and joins it to the machine. Needs root; throws `forbidden` without it. */
export async function makeNetwork(network: TestNetwork): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new KubeSecureError('forbidden', 'while making a network namespace: only root may; run as root or with sudo');
  }
  const { namespace, hostInterface } = network;
  const inside = ['-n', namespace];
  await runProgram('ip', ['netns', 'add', namespace]);
  await runProgram('ip', ['link', 'add', hostInterface, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace]);
  await runProgram('ip', ['address', 'add', `${network.hostAddress}/30`, 'dev', hostInterface]);
  await runProgram('ip', ['link', 'set', hostInterface, 'up']);
  await runProgram('ip', [...inside, 'address', 'add', `${network.insideAddress}/30`, 'dev', 'eth0']);
  for (const device of ['lo', 'eth0']) await runProgram('ip', [...inside, 'link', 'set', device, 'up']);
}

/** Removes what `makeNetwork` made, or as much of it as is there. */
export async function removeNetwork(network: { namespace: string; hostInterface: string }): Promise<void> {
  if (existsSync(`/sys/class/net/${network.hostInterface}`)) {
    await runProgram('ip', ['link', 'delete', network.hostInterface]);
  }
  if (existsSync(`/run/netns/${network.namespace}`)) await runProgram('ip', ['netns', 'delete', network.namespace]);
}
