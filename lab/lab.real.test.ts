import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { needs } from '../testbed/needs.ts';
import { placeHosts } from './addresses.ts';
import { listNamespaces, removeStaleNetworks } from './network.ts';
import { pause } from './pause.ts';
import { addressNumber, readPackets } from './pcap.ts';
import { createRandom } from './random.ts';
import { runPlan } from './run.ts';
import { runScenario } from './run-scenario.ts';
import { busyDay } from './scenarios/busy-day.ts';
import { portScanScenario } from './scenarios/port-scan.ts';
import { removeStaleScratch } from './scratch.ts';
import { requireTools } from './tools.ts';
import { Truth } from './truth.ts';

const LAB_PARTS = ['ip', 'tcpdump', 'nginx', 'openssl', 'dnsmasq', 'dig', 'curl', 'wrk', 'hping3', 'nmap'];
const { test } = await needs('lab', ...LAB_PARTS, 'root');

const MAIN = join(import.meta.dirname, 'main.ts');
/** A quick scan of 1,000 ports or so: most seeds draw another shape. */
const SCAN_SEED = 1;
let out = '';

beforeAll(async () => {
  requireTools();
  out = await mkdtemp(join(tmpdir(), 'lab-test-'));
});

afterAll(() => rm(out, { recursive: true, force: true }));

test('two labs at once each write a capture and a truth that agree, and leave nothing behind', async () => {
  const signal = new AbortController().signal;
  const runs = Promise.all([
    runScenario(busyDay, { seed: 1, quick: true, out, signal }),
    runScenario(portScanScenario, { seed: SCAN_SEED, quick: true, out, signal }),
  ]);
  await pause(4_000);
  const namespaces = await inodesOf(`kslab-${process.pid}-`);
  expect(namespaces.size).toBeGreaterThan(12);
  const [benign, scan] = await runs;

  expect(benign.attacks).toEqual([]);
  expect(benign.capture.packets).toBeGreaterThan(100);
  expect(benign.capture.packets).toBe((await readRun('busy-day-1')).packets);

  const written = await readRun(`port-scan-${SCAN_SEED}`);
  expect(written.truth).toEqual(scan);
  expect(written.packets).toBe(scan.capture.packets);
  const [attack] = scan.attacks;
  expect(written.packetsOf(attack.attackers[0], attack.startUs, attack.endUs)).toBe(attack.packets);
  expect(written.destinationPorts(attack.attackers[0], attack.startUs, attack.endUs)).toBeGreaterThan(25);

  expect(await listNamespaces(`kslab-${process.pid}-`)).toEqual([]);
  expect(await processesIn(namespaces)).toEqual([]);
});

test('an interrupted lab ends at once, writes nothing and leaves nothing behind', async () => {
  const folder = join(out, 'interrupted');
  const { lab, namespaces } = await startLab(folder);
  lab.kill('SIGINT');
  expect(await once(lab, 'exit')).toEqual([130, null]);
  expect(await listNamespaces(`kslab-${lab.pid}-`)).toEqual([]);
  expect(await processesIn(namespaces)).toEqual([]);
  expect(await scratchOf(lab.pid)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test('what a killed lab left behind is removed by the next one', async () => {
  const { lab, namespaces } = await startLab(join(out, 'killed'));
  lab.kill('SIGKILL');
  await once(lab, 'exit');
  expect(await listNamespaces(`kslab-${lab.pid}-`)).not.toEqual([]);

  expect(await scratchOf(lab.pid)).not.toEqual([]);

  await removeStaleNetworks();
  await removeStaleScratch();
  expect(await scratchOf(lab.pid)).toEqual([]);
  expect(await listNamespaces(`kslab-${lab.pid}-`)).toEqual([]);
  expect(await processesIn(namespaces)).toEqual([]);
});

test('a run whose activity fails throws its error and leaves nothing behind', async () => {
  const fail = () => Promise.reject(new Error('the client broke'));
  const plan = {
    parameters: {},
    durationMs: 5_000,
    clients: 0,
    attackers: 0,
    attacks: [],
    activities: [{ startMs: 100, endMs: 5_000, play: fail }],
  };
  const options = {
    scenario: 'failing',
    family: 'benign' as const,
    seed: 1,
    snaplen: 128,
    hosts: placeHosts('10.78.0', { gateway: 1, web: 2, app: 3, dns: 4, monitor: 5, clients: [], attackers: [] }),
    random: createRandom(1),
    network: { segmentationOffload: true, ipv6: false },
    capturePath: join(out, 'failing', 'capture.pcap'),
    truthPath: join(out, 'failing', 'truth.json'),
    signal: new AbortController().signal,
  };
  await expect(runPlan(plan, options)).rejects.toThrow('the client broke');
  expect(await listNamespaces(`kslab-${process.pid}-`)).toEqual([]);
  expect(existsSync(options.truthPath)).toBe(false);
});

/** A lab in a process of its own, with its traffic under way. */
async function startLab(folder: string) {
  const args = [MAIN, '--quick', '--scenario', 'http-flood', '--seed', '1', '--out', folder];
  const lab = spawn(process.execPath, args, { stdio: 'ignore' });
  const busy = { namespaces: new Set<string>(), processes: 0 };
  // nginx's two, the app, dnsmasq, tcpdump, and at least one client.
  await expect
    .poll(
      async () => {
        busy.namespaces = await inodesOf(`kslab-${lab.pid}-`);
        busy.processes = (await processesIn(busy.namespaces)).length;
        return busy.processes;
      },
      { timeout: 20_000, interval: 200 },
    )
    .toBeGreaterThanOrEqual(6);
  return { lab, namespaces: busy.namespaces };
}

/** The kernel's numbers of these namespaces: a process can stay in one whose name is gone. */
async function inodesOf(prefix: string): Promise<Set<string>> {
  const names = await listNamespaces(prefix);
  const stats = await Promise.all(names.map((name) => stat(`/run/netns/${name}`)));
  return new Set(stats.map(({ ino }) => `net:[${ino}]`));
}

async function scratchOf(pid: number | undefined): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(`kslab-${pid}-`));
}

async function processesIn(namespaces: ReadonlySet<string>): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const links = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/ns/net`).catch(() => '')));
  return pids.filter((_, index) => namespaces.has(links[index]));
}

async function readRun(name: string) {
  const truth = Truth.parse(JSON.parse(await readFile(join(out, name, 'truth.json'), 'utf8')));
  const heads = Array.from(readPackets(await readFile(join(out, name, 'capture.pcap'))), (head) => ({ ...head }));
  const sentBy = (ip: string, fromUs: number, toUs: number) =>
    heads.filter(
      ({ src, protocol, timeUs }) => src === addressNumber(ip) && protocol === 6 && timeUs >= fromUs && timeUs <= toUs,
    );
  return {
    truth,
    packets: heads.length,
    packetsOf: (...query: Parameters<typeof sentBy>) => sentBy(...query).length,
    destinationPorts: (...query: Parameters<typeof sentBy>) =>
      new Set(sentBy(...query).map((head) => head.dstPort)).size,
  };
}
