import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { drawHosts, type Host, type Hosts, SERVICES } from '../addresses.ts';
import { createCommands, runOnce } from '../commands.ts';
import { LAB_KINDS } from '../lab-kind.ts';
import { test } from '../needs-lab.ts';
import { createNetwork, type Network } from '../network.ts';
import { createRandom } from '../random.ts';
import { drawPaths } from '../relay/paths.ts';
import type { Accounts } from '../scenario.ts';
import { createScratch } from '../scratch.ts';
import { findObstacles } from '../tools.ts';
import { drawAccounts } from './accounts.ts';
import { psqlCommand } from './database.ts';
import { FORWARDED_ZONE, REMOTE_NAME, SEARCH_DOMAINS } from './dnsmasq.ts';
import { RPC_STREAM_PATH, RPC_UNARY_PATHS } from './rpc.ts';
import { sshCommand } from './sshd.ts';
import { startServers } from './start.ts';

const CODE = ['curl', '-s', '-k', '--max-time', '5', '-o', '/dev/null', '-w', '%{http_code} %{size_download}'];

describe.each(LAB_KINDS)('in lab %s', (kind) => {
  const commands = createCommands();
  let scratch = '';
  let hosts: Hosts;
  let network: Network;
  let accounts: Accounts;
  const say = (host: Host, ...argv: readonly string[]) => runOnce(network.on(host, argv));

  beforeAll(async () => {
    if (findObstacles().length > 0) return;
    const random = createRandom(7);
    hosts = drawHosts(random, { clients: 1, attackers: 0, visitors: 1, services: SERVICES }, kind);
    accounts = drawAccounts(random);
    scratch = await createScratch();
    const outside = { paths: drawPaths(random, hosts, kind), seed: 7 };
    network = await createNetwork(commands, hosts, { segmentationOffload: true, ipv6: false, outside });
    await startServers(commands, network, {
      hosts,
      accounts,
      kind,
      scratch,
      random,
      signal: new AbortController().signal,
    });
  });

  afterAll(async () => {
    if (scratch === '') return;
    await commands.stopAll();
    await network.remove();
    await rm(scratch, { recursive: true });
  });

  test('the ingress serves pages, status and the app to clients inside and out', async () => {
    const { web, clients, visitors } = hosts;
    for (const from of [clients[0], visitors[0]]) {
      expect(await say(from, ...CODE, `http://${web.ip}/ok`)).toBe('200 3');
      expect(await say(from, ...CODE, `https://${web.ip}/photo.jpg`)).toMatch(/^200 \d{5,}$/);
      expect(await say(from, ...CODE, `http://${web.ip}/api/orders`)).toMatch(/^200 \d+$/);
    }
    expect(await say(clients[0], ...CODE, `http://${web.ip}:8080/healthz`)).toBe('200 6');
    expect(await say(clients[0], ...CODE, `http://${web.ip}:8080/`)).toMatch(/^40[34] /);
    expect(await say(clients[0], 'curl', '-s', '-I', `http://${web.ip}/`)).toMatch(
      kind === 'a' ? /server: nginx/i : /server: lighttpd/i,
    );
  });

  test('the database lets its user in and nobody else', async () => {
    const { database, clients } = hosts;
    const count = 'select count(*) from orders';
    expect(await say(clients[0], ...psqlCommand(database.ip, accounts.database, count))).toContain('1000');
    const wrong = { ...accounts.database, password: 'wrong' };
    await expect(say(clients[0], ...psqlCommand(database.ip, wrong, count))).rejects.toThrow(
      'password authentication failed',
    );
  });

  test('the cache wants its password', async () => {
    const redis = ['redis-cli', '-h', hosts.cache.ip];
    expect(await say(hosts.clients[0], ...redis, 'PING')).toContain('NOAUTH');
    expect(await say(hosts.clients[0], ...redis, '-a', accounts.cache.password, '--no-auth-warning', 'PING')).toBe(
      'PONG\n',
    );
  });

  test('the queue takes a message of its user and refuses one of a stranger', async () => {
    const { user, password } = accounts.queue;
    const publish = (pass: string) => {
      const login = JSON.stringify({ verbose: true, user, pass });
      const lines = `CONNECT ${login}\r\nPUB orders 3\r\ntea\r\nPING\r\n`;
      const argv = ['socat', '-t', '1', '-T', '1', '-', `TCP:${hosts.queue.ip}:4222`];
      return runOnce(network.on(hosts.clients[0], argv), lines);
    };
    expect(await publish(password)).toMatch(/\+OK\r\n\+OK\r\nPONG/);
    expect(await publish('wrong')).toContain('Authorization Violation');
  });

  test('the rpc answers a call with one message, and a watch with many', async () => {
    const post = ['curl', '-s', '--http2-prior-knowledge', '-d', 'x', '-o', '/dev/null', '-w', '%{size_download}'];
    const url = `http://${hosts.rpc.ip}:50051`;
    const one = Number(await say(hosts.clients[0], ...post, `${url}${RPC_UNARY_PATHS[0]}`));
    expect(one).toBeGreaterThan(5);
    const watch = ['curl', '-s', '-N', '--http2-prior-knowledge', '-d', 'x', '-D', '-', '-m', '3', '-o', '/dev/null'];
    const headers = await say(hosts.clients[0], 'sh', '-c', '"$@" || true', 'sh', ...watch, `${url}${RPC_STREAM_PATH}`);
    expect(headers).toContain('application/grpc');
  });

  test('sshd lets its user in by password, whom the machine does not know', async () => {
    for (const [host, account] of [
      [hosts.bastion, accounts.bastion],
      [hosts.remote, accounts.remote],
    ] as const) {
      expect(await say(hosts.clients[0], ...sshCommand(host, account, ['id', '-un']))).toBe(`${account.user}\n`);
      const wrong = { ...account, password: 'wrong' };
      await expect(say(hosts.clients[0], ...sshCommand(host, wrong, ['true']))).rejects.toThrow('Permission denied');
      expect(await readFile('/etc/passwd', 'utf8')).not.toContain(`${account.user}:`);
    }
  });

  test('the remote machine gives and takes bytes', async () => {
    const { ip } = hosts.remote;
    expect(await say(hosts.clients[0], ...CODE, `https://${ip}/blob/300000`)).toBe('200 300000');
    expect(await say(hosts.clients[0], ...CODE, '-T', '/etc/services', `http://${ip}/in`)).toMatch(/^200 /);
    await say(hosts.clients[0], 'socat', '-u', '/etc/services', `TCP:${ip}:9000,connect-timeout=4`);
  });

  test('names of the services are known, others are not, and one zone is asked of the remote machine', async () => {
    const dig = (...question: string[]) =>
      say(hosts.clients[0], 'dig', '+tries=3', '+time=2', `@${hosts.dns.ip}`, ...question);
    expect(await dig('+short', `database.${SEARCH_DOMAINS[0]}`)).toBe(`${hosts.database.ip}\n`);
    expect(await dig('+short', REMOTE_NAME)).toBe(`${hosts.remote.ip}\n`);
    expect(await dig(`nothing.${SEARCH_DOMAINS[0]}`)).toContain('NXDOMAIN');
    expect(await dig('www.example.com')).toContain('NXDOMAIN');

    const answer = ['--address=/#/198.51.100.7', '--user=root', '--pid-file=', '--conf-file=/dev/null', '--no-resolv'];
    commands.start(network.on(hosts.remote, ['dnsmasq', '--keep-in-foreground', ...answer]));
    await expect.poll(() => dig('+short', `x.${FORWARDED_ZONE}`), { timeout: 15_000 }).toBe('198.51.100.7\n');
  });
});
