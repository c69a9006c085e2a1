import { join } from 'node:path';
import { placeHosts } from './addresses.ts';
import { httpFlood } from './attacks/http-flood.ts';
import { packetFlood } from './attacks/packet-flood.ts';
import { portScan } from './attacks/port-scan.ts';
import { createRandom } from './random.ts';
import { runPlan } from './run.ts';
import type { Attack, Plan } from './scenario.ts';
import { TINY_PATH } from './servers/web-paths.ts';
import { type Background, backgroundActivities } from './traffic/background.ts';
import type { Truth } from './truth.ts';

const SEED = 77;
const SNAPLEN = 96;
const DURATION_MS = 60_000;
const CLIENTS = [101, 102, 103, 104];
const ATTACKERS = [201, 202, 203];

/** Quiet enough that both captures together stay below 3 MB. */
const DAY: Background = {
  browsers: 2,
  fetchers: 1,
  pools: 1,
  poolRequestsPerSecond: 2,
  lookUpPauseMs: 2_500,
  probePeriodMs: 5_000,
  scrapePeriodMs: 15_000,
  habits: 'slow-report ping',
};

/** Writes both samples and their truths into `folder`: the same day twice, the second time with three attacks in it. */
export async function makeSamples(folder: string, signal: AbortSignal): Promise<Truth[]> {
  const busyDay = await makeSample('busy-day', [], folder, signal);
  return [busyDay, await makeSample('attack', ATTACKS, folder, signal)];
}

const ATTACKS: readonly Attack[] = [
  httpFlood(
    0,
    { startMs: 8_000, endMs: 14_000 },
    { port: 80, paths: [TINY_PATH], connections: 25, requestsPerSecond: 290, keepAlive: false, seed: SEED },
  ),
  packetFlood(
    {
      family: 'syn-flood',
      attacker: 1,
      victim: 'web',
      port: 443,
      source: 'random',
      // hping3 keeps a little below the rate it is told.
      packetsPerSecond: 600,
      payloadBytes: 0,
    },
    { startMs: 25_000, endMs: 31_000 },
  ),
  portScan(
    {
      attacker: 2,
      victims: ['web'],
      technique: 'syn',
      timing: 4,
      ports: '1-1000',
      packetsPerSecond: 150,
      discovers: false,
    },
    { startMs: 42_000, endMs: 50_000 },
  ),
];

function makeSample(name: string, attacks: readonly Attack[], folder: string, signal: AbortSignal): Promise<Truth> {
  const random = createRandom(SEED);
  const plan: Plan = {
    parameters: { ...DAY },
    durationMs: DURATION_MS,
    clients: CLIENTS.length,
    attackers: ATTACKERS.length,
    activities: backgroundActivities(random, DAY, { durationMs: DURATION_MS, clients: CLIENTS.length }),
    attacks,
  };
  return runPlan(plan, {
    scenario: name,
    family: attacks[0]?.family ?? 'benign',
    seed: SEED,
    lab: 'a',
    hosts: placeHosts('10.77.0', {
      gateway: 1,
      web: 10,
      app: 11,
      dns: 53,
      monitor: 90,
      clients: CLIENTS,
      attackers: ATTACKERS,
    }),
    random: random.fork('servers'),
    network: { segmentationOffload: true, ipv6: false },
    outside: { paths: [], seed: SEED },
    snaplen: SNAPLEN,
    capturePath: join(folder, `${name}.pcap`),
    truthPath: join(folder, `${name}.truth.json`),
    signal,
  });
}
