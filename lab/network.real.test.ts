import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { once } from 'node:events';
import { afterEach, expect } from 'vitest';
import { drawHosts, type Host, type HostCounts, type Hosts, listHosts } from './addresses.ts';
import { createCommands, runOnce } from './commands.ts';
import { enter } from './namespace.ts';
import { test } from './needs-lab.ts';
import { createNetwork, listNamespaces, type Network } from './network.ts';
import { createRandom } from './random.ts';
import type { Path } from './relay/paths.ts';

const COUNTS: HostCounts = { clients: 1, attackers: 0, visitors: 2 };
const CLEAN = { oneWayMs: 10, jitterMs: 0, loss: 0, reordering: 0 };
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface TestLab {
  readonly hosts: Hosts;
  readonly network: Network;
  readonly commands: ReturnType<typeof createCommands>;
  /** Runs a program on a machine to its end; gives what it said on stdout. */
  readonly say: (host: Host, ...argv: string[]) => Promise<string>;
}

/** A network without servers; `paths` in the order of the machines outside. */
async function build(seed: number, paths: readonly Omit<Path, 'ip'>[]): Promise<TestLab> {
  const hosts = drawHosts(createRandom(seed), COUNTS);
  const outside = listHosts(hosts).filter((host) => host.outside);
  const commands = createCommands();
  cleanUps.push(() => commands.stopAll());
  const network = await createNetwork(commands, hosts, {
    segmentationOffload: true,
    ipv6: false,
    outside: { paths: outside.map(({ ip }, index) => ({ ip, ...paths[index] })), seed },
  });
  cleanUps.push(() => network.remove());
  return { hosts, network, commands, say: (host, ...argv) => runOnce(network.on(host, argv)) };
}

/** Round-trip times in milliseconds of `count` echoes, one every `periodMs`; what was lost is missing. */
async function ping({ say }: TestLab, from: Host, to: Host, count: number, periodMs: number): Promise<number[]> {
  const said = await say(from, 'fping', '-c', String(count), '-p', String(periodMs), '-t', '500', to.ip);
  return [...said.matchAll(/bytes, ([\d.]+) ms/g)].map((match) => Number(match[1]));
}

function connects({ say }: TestLab, from: Host, address: string): Promise<boolean> {
  return say(from, 'socat', '-u', '/dev/null', `TCP:${address},connect-timeout=1`).then(
    () => true,
    () => false,
  );
}

test('a packet to or from the outside takes the time of its path, and one inside takes none', async () => {
  const lab = await build(1, [CLEAN, { ...CLEAN, oneWayMs: 40, jitterMs: 5 }]);
  const [near, far] = lab.hosts.visitors;
  const nearMs = (await ping(lab, near, lab.hosts.web, 20, 30)).toSorted((a, b) => a - b);
  expect(nearMs).toHaveLength(20);
  expect(nearMs[0]).toBeGreaterThanOrEqual(20);
  expect(nearMs[10]).toBeLessThan(30);

  const farMs = (await ping(lab, lab.hosts.web, far, 20, 30)).toSorted((a, b) => a - b);
  expect(farMs[0]).toBeGreaterThanOrEqual(80);
  expect(farMs[10]).toBeGreaterThan(83);

  const insideMs = (await ping(lab, lab.hosts.clients[0], lab.hosts.web, 20, 30)).toSorted((a, b) => a - b);
  expect(insideMs[10]).toBeLessThan(1);
});

test('of packets on a lossy path the drawn share is lost, and none on a clean one', async () => {
  const lab = await build(2, [CLEAN, { ...CLEAN, loss: 0.1 }]);
  const [clean, lossy] = lab.hosts.visitors;
  const [ofClean, ofLossy] = await Promise.all([
    ping(lab, clean, lab.hosts.web, 300, 5),
    ping(lab, lossy, lab.hosts.web, 300, 5),
  ]);
  expect(ofClean).toHaveLength(300);
  // Lost on the way there or back: 19 % of 300, give or take four standard deviations.
  expect(300 - ofLossy.length).toBeGreaterThan(57 - 27);
  expect(300 - ofLossy.length).toBeLessThan(57 + 27);
});

test('the relay carries thousands of packets a second without losing any of its own', async () => {
  const lab = await build(3, [CLEAN, CLEAN]);
  const [visitor] = lab.hosts.visitors;
  await lab.say(
    visitor,
    'hping3',
    '--udp',
    '-q',
    '-c',
    '10000',
    '-i',
    'u200',
    '-p',
    '9',
    '-d',
    '200',
    lab.hosts.web.ip,
  );
  const received = async () =>
    Number(await lab.say(lab.hosts.web, 'cat', '/proc/net/snmp').then((text) => /Udp: \d+ (\d+)/.exec(text)?.[1]));
  await expect.poll(received, { timeout: 3_000 }).toBeGreaterThanOrEqual(10_000);
});

test('nothing in a lab reaches the machine it runs on, and no card of the lab lies there', async () => {
  const linksBefore = await runOnce(['ip', '-o', 'link']);
  const lab = await build(4, [CLEAN, CLEAN]);
  expect(await runOnce(['ip', '-o', 'link'])).toBe(linksBefore);

  const server = await listen();
  const { port } = server.address() as { port: number };
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address }) => `${address}:${port}`);
  expect(addresses).toContain(`127.0.0.1:${port}`);
  const names = (await listNamespaces(`kslab-${process.pid}-`)).filter((name) => !name.endsWith('-switch'));
  expect(names.length).toBe(listHosts(lab.hosts).length + 2);
  for (const name of names) {
    for (const address of addresses) {
      const attempt = runOnce(enter(name, ['socat', '-u', '/dev/null', `TCP:${address},connect-timeout=0.2`]));
      await expect(attempt).rejects.toThrow();
    }
  }
});

test('the gateway forwards to machines outside and to nothing else', async () => {
  const lab = await build(5, [CLEAN, CLEAN]);
  const { web, clients, visitors } = lab.hosts;
  lab.commands.start(lab.network.on(visitors[0], ['socat', '-u', 'TCP-LISTEN:80,fork', '/dev/null']));
  await expect.poll(() => connects(lab, web, `${visitors[0].ip}:80`)).toBe(true);
  expect(await connects(lab, clients[0], '8.8.8.8:53')).toBe(false);
  // Silence, as from a firewall: not even an ICMP message.
  const nmap = await lab.say(clients[0], 'nmap', '-n', '-Pn', '-p', '80', '--max-retries', '0', '198.18.0.77');
  expect(nmap).toContain('filtered');
});

test('two labs of the same addresses do not meet', async () => {
  const [one, other] = [await build(6, [CLEAN, CLEAN]), await build(6, [CLEAN, CLEAN])];
  const { web, clients, visitors } = one.hosts;
  expect(other.hosts).toEqual(one.hosts);
  one.commands.start(one.network.on(web, ['socat', '-u', 'TCP-LISTEN:80,fork', '/dev/null']));
  await expect.poll(() => connects(one, clients[0], `${web.ip}:80`)).toBe(true);
  expect(await connects(one, visitors[0], `${web.ip}:80`)).toBe(true);
  expect(await connects(other, clients[0], `${web.ip}:80`)).toBe(false);
  expect(await connects(other, visitors[0], `${web.ip}:80`)).toBe(false);
});

/** Listens on every address of this machine, and ends with the test. */
async function listen(): Promise<Server> {
  const server = createServer((socket) => socket.end());
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  cleanUps.push(async () => {
    server.close();
    await once(server, 'close');
  });
  return server;
}
