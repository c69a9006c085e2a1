import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawHosts } from '../addresses.ts';
import { createRandom } from '../random.ts';
import type { Attack } from '../scenario.ts';
import { drawAccounts } from '../servers/accounts.ts';
import { exfiltration } from './exfiltration.ts';
import { guessing, type Guessing } from './guessing.ts';
import { hostSweep } from './host-sweep.ts';
import { questionFootprint } from './name-server.ts';
import { portScan } from './port-scan.ts';
import { slowDos, type SlowDos } from './slow-dos.ts';
import { webFuzz } from './web-fuzz.ts';

const HOSTS = drawHosts(createRandom(3), {
  clients: 1,
  attackers: 1,
  services: ['database', 'cache', 'bastion', 'remote'],
});
const [ATTACKER] = HOSTS.attackers;
const SUBNET = HOSTS.gateway.ip.replace(/\.1$/, '');
const WINDOW = { startMs: 1_000, endMs: 41_000 };
let scratch = '';

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'attacks-test-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

/** The command lines that an attack runs, one after the other, on the attacker. */
async function commandsOf(attack: Attack): Promise<string[]> {
  const commands: string[] = [];
  const run = (host: unknown, argv: readonly string[]) => {
    expect(host).toBe(ATTACKER);
    commands.push(argv.join(' '));
    return Promise.resolve(0);
  };
  const lab = { kind: 'a' as const, hosts: HOSTS, accounts: drawAccounts(createRandom(1)), scratch, run };
  await attack.play(lab, new AbortController().signal);
  return commands;
}

const SLOW: SlowDos = {
  attacker: 0,
  mode: 'headers',
  aim: { victim: 'app', port: 8000 },
  tls: false,
  path: '/x',
  connections: 40,
  connectionsPerSecond: 8,
  pauseSeconds: 5,
  pieceBytes: 16,
  windowBytes: 512,
};

test('a slow attack is bounded in connections and in seconds', async () => {
  const [command] = await commandsOf(slowDos(SLOW, WINDOW));
  expect(command).toBe(`slowhttptest -H -c 40 -r 8 -l 40 -i 5 -x 16 -p 3 -u http://${HOSTS.app.ip}:8000/x`);
});

test.each([
  ['body', '-B -c 40 -r 8 -l 40 -i 5 -x 16 -s'],
  ['read', '-X -c 40 -r 8 -l 40 -n 5 -z 16 -w 1 -y 512'],
] as const)('a slow %s attack is told its own pace', async (mode, flags) => {
  const [command] = await commandsOf(slowDos({ ...SLOW, mode }, WINDOW));
  expect(command).toContain(flags);
});

const GUESS: Guessing = {
  attacker: 0,
  tool: 'hydra',
  service: 'ssh',
  user: 'root',
  tasks: 4,
  pauseSeconds: 2,
  words: 25,
  roundMs: null,
  seed: 7,
};

test('guesses are so many words, none of them a password of the lab', async () => {
  const [command] = await commandsOf(guessing(GUESS, WINDOW));
  expect(command).toContain(
    `hydra -I -q -l root -P ${scratch}/words-0-1000 -t 4 -w 2 -W 2 ssh://${HOSTS.bastion.ip}:22`,
  );
  const words = (await readFile(join(scratch, 'words-0-1000'), 'utf8')).trim().split('\n');
  expect(words).toHaveLength(25);
  const own = Object.values(drawAccounts(createRandom(1))).map(({ password }) => password);
  expect(words.filter((word) => own.includes(word))).toEqual([]);
});

test('Redis is guessed without a name, by hydra', async () => {
  const [command] = await commandsOf(guessing({ ...GUESS, service: 'redis' }, WINDOW));
  expect(command).not.toContain('-l root');
  expect(command).toContain(`redis://${HOSTS.cache.ip}:6379`);
});

test('medusa is called with its module, on the same port', async () => {
  const [command] = await commandsOf(guessing({ ...GUESS, tool: 'medusa', service: 'postgres' }, WINDOW));
  expect(command).toContain(`-t 4 -h ${HOSTS.database.ip} -n 5432 -M postgres`);
});

const SWEEP = { attacker: 0, technique: 'syn', ports: [22, 80], from: 1, to: 254, packetsPerSecond: 50 } as const;

test('a sweep asks every address of its range but its own', () => {
  const { victims, fiveTuples } = hostSweep(SWEEP, WINDOW).footprint(HOSTS);
  expect(victims).toHaveLength(253 * 2);
  expect(fiveTuples).toHaveLength(253 * 2);
  expect(victims.some(({ ip }) => ip === ATTACKER.ip)).toBe(false);
});

test('a sweep by echo is ICMP without ports', () => {
  const { fiveTuples } = hostSweep({ ...SWEEP, technique: 'echo', ports: [], to: 40 }, WINDOW).footprint(HOSTS);
  expect(new Set(fiveTuples.map((tuple) => `${tuple.protocol} ${tuple.dstPort}`))).toEqual(new Set(['1 null']));
});

test('questions to absent addresses leave the machine, those to present ones reach them', async () => {
  const commands = await commandsOf(hostSweep(SWEEP, WINDOW));
  expect(commands[0]).toContain('ip -batch');
  expect(commands[1]).toContain(`--max-rate 50 ${SUBNET}.1-254`);
  const name = (await readdir(scratch)).find((file) => file.startsWith('neighbours-')) ?? '';
  const lines = (await readFile(join(scratch, name), 'utf8')).trim().split('\n');
  // Gateway, web, app, dns, monitor, three services, client and attacker are there; remote is not in the subnet.
  expect(lines).toHaveLength(254 - 10);
  expect(lines.some((line) => line.includes(` ${HOSTS.web.ip} `))).toBe(false);
});

test('masscan has bounds too', async () => {
  const commands = await commandsOf(hostSweep({ ...SWEEP, technique: 'masscan', from: 10, to: 60 }, WINDOW));
  expect(commands[1]).toContain(`masscan ${SUBNET}.10-${SUBNET}.60 -p 22,80 --rate 50`);
});

test('a relayed question has a second leg, from the resolver to the name server', () => {
  const { attackers, fiveTuples } = questionFootprint(0, 'relayed')(HOSTS);
  expect(attackers).toEqual([ATTACKER.ip]);
  expect(fiveTuples.map(({ src, dst, dstPort }) => [src, dst, dstPort])).toEqual([
    [ATTACKER.ip, HOSTS.dns.ip, 53],
    [HOSTS.dns.ip, HOSTS.remote.ip, 53],
  ]);
});

test('exfiltration in pieces sends each by itself', async () => {
  const theft = { attacker: 0, way: 'scp', bytes: 9_000, pieces: 3, bytesPerSecond: 1_000_000, pauseMs: 1 } as const;
  const commands = await commandsOf(exfiltration(theft, WINDOW));
  expect(commands).toHaveLength(3);
  expect(commands[0]).toContain('scp -q -l 8000');
});

test('a fuzzer has a word for each request, and a pace', async () => {
  const fuzz = { attacker: 0, port: 443, kind: 'paths', requestsPerSecond: 10, threads: 5, seed: 2 } as const;
  const [command] = await commandsOf(webFuzz(fuzz, WINDOW));
  expect(command).toContain(`-t 5 -p 0.300-0.700 -w ${scratch}/fuzz-0-2 -u https://${HOSTS.web.ip}:443/FUZZ`);
  const words = (await readFile(join(scratch, 'fuzz-0-2'), 'utf8')).trim().split('\n');
  expect(words).toHaveLength(525);
});

test('a UDP scan owns the refusals that it provokes', () => {
  const scan = {
    attacker: 0,
    victims: ['web'],
    timing: 4,
    ports: '53',
    packetsPerSecond: null,
    discovers: false,
  } as const;
  const protocols = (technique: 'udp' | 'fin') =>
    portScan({ ...scan, technique }, WINDOW)
      .footprint(HOSTS)
      .fiveTuples.map((tuple) => tuple.protocol);
  expect(protocols('udp')).toEqual([17, 1]);
  expect(protocols('fin')).toEqual([6]);
});
