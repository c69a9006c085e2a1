import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { placeHosts } from './addresses.ts';
import { test } from './needs-lab.ts';
import { listNamespaces, removeStaleNetworks } from './network.ts';
import { pause } from './pause.ts';
import { addressNumber, readPackets } from './pcap.ts';
import { createRandom } from './random.ts';
import { runAll } from './run-all.ts';
import { runPlan } from './run.ts';
import { drawPlan, runScenario } from './run-scenario.ts';
import { busyDay } from './scenarios/busy-day.ts';
import { portScanScenario } from './scenarios/port-scan.ts';
import type { Plan, Scenario } from './scenario.ts';
import { removeStaleScratch } from './scratch.ts';
import { Truth } from './truth.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
/** A quick scan of some hundred TCP ports: most seeds draw another shape. */
const SCAN_SEED = seedOf(portScanScenario, ({ timing, technique, ports }) => {
  return timing === 4 && technique !== 'udp' && /^1-\d{3,}$/.test(String(ports));
});
let out = '';

beforeAll(async () => {
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
    lab: 'a' as const,
    snaplen: 128,
    hosts: placeHosts('10.78.0', { gateway: 1, web: 2, app: 3, dns: 4, monitor: 5, clients: [], attackers: [] }),
    random: createRandom(1),
    network: { segmentationOffload: true, ipv6: false },
    outside: { paths: [], seed: 1 },
    capturePath: join(out, 'failing', 'capture.pcap'),
    truthPath: join(out, 'failing', 'truth.json'),
    signal: new AbortController().signal,
  };
  await expect(runPlan(plan, options)).rejects.toThrow('the client broke');
  expect(await listNamespaces(`kslab-${process.pid}-`)).toEqual([]);
  expect(existsSync(options.truthPath)).toBe(false);
});

test('a run that fails is made again, one that fails twice is reported last, and finished ones are left alone', async () => {
  const folder = join(out, 'several');
  const tries = { steady: 0, shaky: 0, broken: 0 };
  const scenario = (name: keyof typeof tries, failures: number): Scenario => ({
    name,
    family: 'benign',
    summary: '',
    plan: () => ({
      parameters: {},
      durationMs: 600,
      clients: 0,
      attackers: 0,
      attacks: [],
      activities: [
        {
          startMs: 100,
          endMs: 600,
          play: async (lab, signal) => {
            if (++tries[name] <= failures) throw new Error(`${name} broke`);
            await lab.run(lab.hosts.gateway, ['curl', '-s', `http://${lab.hosts.web.ip}/`], signal);
          },
        },
      ],
    }),
  });
  const request = {
    scenarios: [scenario('broken', 9), scenario('steady', 0), scenario('shaky', 1)],
    seeds: [1],
    quick: true,
    jobs: 2,
    again: false,
    out: folder,
  };
  const done: string[] = [];
  const runAgain = () =>
    runAll(
      request,
      new AbortController().signal,
      (truth) => void done.push(truth.scenario),
      () => {},
    );

  await expect(runAgain()).rejects.toThrow(/1 of 3 runs failed twice:\nbroken seed 1: .*broken broke/);
  expect(done.toSorted()).toEqual(['shaky', 'steady']);
  expect(tries).toEqual({ broken: 2, steady: 1, shaky: 2 });

  await expect(runAgain()).rejects.toThrow('1 of 1 runs failed twice');
  expect(tries).toEqual({ broken: 4, steady: 1, shaky: 2 });
  expect(await listNamespaces(`kslab-${process.pid}-`)).toEqual([]);
});

/** The first seed whose quick run has such parameters. */
function seedOf(scenario: Scenario, fits: (parameters: Plan['parameters']) => boolean): number {
  for (let seed = 1; seed < 1_000; seed++) if (fits(drawPlan(scenario, seed, true).parameters)) return seed;
  throw new Error(`no seed of ${scenario.name} fits`);
}

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
