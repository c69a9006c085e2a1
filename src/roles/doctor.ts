/** `doctor`: tries what the product will need on this machine and says what fails, each with the remedy. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, resolve } from 'node:path';
import { systemClock } from '#core/clock.ts';
import { reasonOf } from '#core/error.ts';
import { silentLog } from '#core/log.ts';
import { expiredRules } from '#alerts/suppressions.ts';
import type { Config } from '#config/config.ts';
import { createChannels } from '#notify/channels.ts';
import { openCluster } from './cluster-access.ts';
import { openDetector } from './judge.ts';
import { dashboardFolder } from './package-files.ts';

/** What was tried: `no` is a thing this machine cannot do, with what to do about it. */
interface Finding {
  readonly name: string;
  readonly can: boolean;
  readonly detail: string;
  readonly remedy: string;
}

type Examination = (settings: Config) => Finding | Promise<Finding>;

const EXAMINATIONS: readonly Examination[] = [
  examineRuntime,
  examineModel,
  examineSuppressions,
  examineStore,
  examinePort,
  examineDashboard,
  examineTcpdump,
  examineCapture,
  examineCluster,
  examineNotifiers,
];

const CAP_NET_RAW = 13n;

/** Prints one line a finding. Nothing is changed; what cannot be done is no failure of this command. */
export async function doctor(settings: Config): Promise<void> {
  for (const examine of EXAMINATIONS) {
    const { name, can, detail, remedy } = await examine(settings);
    process.stdout.write(`${can ? 'yes' : 'NO '}  ${name.padEnd(16)} ${detail}\n`);
    if (!can) process.stdout.write(`     ${''.padEnd(16)} -> ${remedy}\n`);
  }
}

function examineRuntime(): Finding {
  const can = Number(process.versions.node.split('.')[0]) >= 24;
  return {
    name: 'runtime',
    can,
    detail: `Node ${process.versions.node}`,
    remedy: 'run make check: it installs Node 24',
  };
}

async function examineModel(settings: Config): Promise<Finding> {
  const name = 'detection';
  const remedy = 'set detection.modelDir to a folder made by `npm run train` for this version';
  try {
    const detector = await openDetector(settings, silentLog);
    await detector.close();
    return { name, can: true, detail: `model ${settings.detection.modelDir}`, remedy };
  } catch (error) {
    return { name, can: false, detail: reasonOf(error), remedy };
  }
}

/** An expired rule silences nothing any more, and whoever wrote it may count on it. */
function examineSuppressions({ alerts: { suppressions } }: Config): Finding {
  const expired = expiredRules(suppressions, systemClock.now()).map(({ name, until }) => `${name} (${until})`);
  const live = suppressions.length - expired.length;
  return {
    name: 'suppressions',
    can: expired.length === 0,
    detail: expired.length === 0 ? `${live} in force` : `${live} in force, expired: ${expired.join(', ')}`,
    remedy: 'take expired rules out of alerts.suppressions, or give them a later `until`',
  };
}

function examineStore(settings: Config): Finding {
  const path = resolve(settings.store.path);
  const name = 'data file';
  const remedy = 'set store.path to a place that this user may write';
  let folder = dirname(path);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(existsSync(path) ? path : folder, constants.R_OK | constants.W_OK);
    return { name, can: true, detail: path, remedy };
  } catch (error) {
    return { name, can: false, detail: reasonOf(error), remedy };
  }
}

async function examinePort({ api: { host, port } }: Config): Promise<Finding> {
  const problem = await new Promise<string>((done) => {
    const server = createServer();
    server.once('error', (error) => done(error.message));
    server.listen(port, host, () => server.close(() => done('')));
  });
  const detail = problem === '' ? `${host}:${port} is free` : problem;
  return { name: 'port', can: problem === '', detail, remedy: 'stop the other program, or choose --port' };
}

function examineDashboard(): Finding {
  const folder = dashboardFolder();
  return {
    name: 'dashboard',
    can: folder !== null,
    detail: folder ?? 'it is not built',
    remedy: 'make web/dist/index.html',
  };
}

function examineTcpdump(): Finding {
  const { stdout, error } = spawnSync('tcpdump', ['--version'], { encoding: 'utf8' });
  const detail = error === undefined ? (stdout.split('\n')[0] ?? '') : 'it is not installed';
  return {
    name: 'tcpdump',
    can: error === undefined,
    detail,
    remedy: 'apt-get install tcpdump (live capture needs it)',
  };
}

function examineCapture(): Finding {
  const status = readStatus();
  const can = status === null ? process.getuid?.() === 0 : ((status >> CAP_NET_RAW) & 1n) === 1n;
  const interfaces = Object.keys(networkInterfaces()).join(', ');
  return {
    name: 'live capture',
    can,
    detail: can ? `interfaces: ${interfaces}, any` : 'this process has no CAP_NET_RAW',
    remedy: 'run as root, or give tcpdump the right: setcap cap_net_raw+ep "$(command -v tcpdump)"',
  };
}

/** The effective capabilities of this process as the kernel states them; null where it does not. */
function readStatus(): bigint | null {
  try {
    const match = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return match === null ? null : BigInt(`0x${match[1]}`);
  } catch {
    return null; // not Linux
  }
}

async function examineCluster(settings: Config): Promise<Finding> {
  const name = 'cluster';
  const remedy = 'set KUBECONFIG to a kubeconfig of a cluster that answers; without one, decisions are dry runs';
  try {
    const cluster = await openCluster(settings, silentLog);
    if (cluster === null) return { name, can: false, detail: 'no kubeconfig', remedy };
    await cluster.view.start();
    const { reachable, reason } = cluster.view.health();
    await cluster.view.stop();
    const detail = reachable ? cluster.server : `${cluster.server}: ${reason}`;
    return {
      name,
      can: reachable && reason === '',
      detail: reason === '' ? detail : `${cluster.server}: ${reason}`,
      remedy,
    };
  } catch (error) {
    return { name, can: false, detail: reasonOf(error), remedy };
  }
}

function examineNotifiers(settings: Config): Finding {
  const channels = createChannels(settings.notify, systemClock).map(({ name }) => name);
  const detail = channels.length === 0 ? 'no channel is configured' : channels.join(', ');
  return {
    name: 'notifications',
    can: channels.length > 0,
    detail,
    remedy: 'set SLACK_WEBHOOK_URL, or notify.webhook.url',
  };
}
