import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import type { Lab, Play } from '../scenario.ts';
import { BLOB_PATH } from '../servers/remote.ts';
import { SSH_OPTIONS } from './bastion.ts';
import type { Machine } from './machine.ts';
import { nodeClient } from './node-client.ts';
import { everyAbout, repeat } from './repeat.ts';
import { CURL } from './web-client.ts';

/** An upload may take as long as it takes. */
const UPLOAD = ['curl', '-s', '-k', '--connect-timeout', '4'] as const;

/** What a transfer costs, drawn by who plans it. */
export interface Transfer {
  readonly bytes: number;
  readonly bytesPerSecond: number;
}

/** An agent that reports to a service on the internet at a beat, over kept or fresh TLS connections: like a beacon. */
export function telemetryAgent(from: Machine, random: Random, period: { leastMs: number; mostMs: number }): Play {
  const periodMs = random.logBetween(period.leastMs, period.mostMs);
  const jitter = random.pick([0, 0.02, 0.1, 0.3]);
  const bodyBytes = random.chance(0.5) ? Math.round(random.logBetween(100, 30_000)) : 0;
  if (random.chance(0.5)) {
    return everyAbout(random, periodMs, jitter, (lab, signal) =>
      lab.run(from(lab.hosts), [...CURL, `https://${lab.hosts.remote.ip}/`], signal),
    );
  }
  const seed = random.integer(1, 1_000_000);
  const keepAlive = random.chance(0.6);
  return nodeClient(from, 'http', ({ hosts }) => ({
    seed,
    calls: [
      {
        url: `https://${hosts.remote.ip}/`,
        periodMs,
        jitter,
        keepAlive,
        bodyBytes,
        connections: 1,
        fromMs: 0,
        spreadMs: Math.min(periodMs, 5_000),
        untilMs: Number.MAX_SAFE_INTEGER,
      },
    ],
  }));
}

/** An image pull: some small requests, then its layers, several at once. */
export function pullImage(from: Machine, random: Random, image: Transfer & { layers: number }): Play {
  return async (lab, signal) => {
    const host = from(lab.hosts);
    const registry = `https://${lab.hosts.remote.ip}`;
    await lab.run(host, [...CURL, `${registry}/`, `${registry}/`], signal);
    const atOnce = random.integer(1, 4);
    const rate = String(Math.round(image.bytesPerSecond / Math.min(atOnce, image.layers)));
    const layers = Array.from({ length: image.layers }, () => {
      const bytes = Math.max(2_000, (image.bytes / image.layers) * random.logBetween(0.2, 2));
      return blobUrl(lab, 'https', bytes);
    });
    const shape = ['--parallel', '--parallel-max', String(atOnce), '--limit-rate', rate];
    await lab.run(host, [...CURL, ...shape, ...layers], signal);
  };
}

/** A package manager's run: indexes, then packages, one after the other over one kept connection in clear text. */
export function updatePackages(from: Machine, random: Random): Play {
  const packages = Math.round(random.logBetween(3, 40));
  const mostBytes = random.logBetween(20_000, 1_500_000);
  return async (lab, signal) => {
    const bytes = Array.from({ length: packages }, () => random.logBetween(1_000, mostBytes));
    const index = `http://${lab.hosts.remote.ip}/`;
    await lab.run(from(lab.hosts), [...CURL, index, ...bytes.map((size) => blobUrl(lab, 'http', size))], signal);
  };
}

/** A backup that leaves the cluster: one upload over HTTPS, or scp. */
export function pushBackup(from: Machine, random: Random, backup: Transfer): Play {
  const by = random.pick(['https', 'scp'] as const);
  return async (lab, signal) => {
    const file = join(lab.scratch, `backup-${random.integer(1, 1_000_000_000)}`);
    await writeFile(file, '');
    await truncate(file, Math.round(backup.bytes));
    const argv = by === 'https' ? uploadCommand(lab, file, backup) : scpCommand(lab, file, backup);
    await lab.run(from(lab.hosts), argv, signal);
  };
}

/** Somebody's work on a web page of the internet: bursts of requests, reading in between. */
export function browseOutside(from: Machine, random: Random, meanPauseMs: number): Play {
  return repeat(random, meanPauseMs, (lab, signal) => {
    const bytes = Array.from({ length: random.integer(1, 6) }, () => random.logBetween(500, 200_000));
    const page = `https://${lab.hosts.remote.ip}/`;
    return lab.run(from(lab.hosts), [...CURL, page, ...bytes.map((size) => blobUrl(lab, 'https', size))], signal);
  });
}

/** So many bytes of the internet. */
function blobUrl({ hosts }: Lab, scheme: 'http' | 'https', bytes: number): string {
  return `${scheme}://${hosts.remote.ip}${BLOB_PATH}${Math.round(bytes)}`;
}

function uploadCommand({ hosts }: Lab, file: string, { bytesPerSecond }: Transfer): string[] {
  const rate = String(Math.round(bytesPerSecond));
  const target = `https://${hosts.remote.ip}/backup`;
  return [...UPLOAD, '-T', file, '--limit-rate', rate, target];
}

function scpCommand({ hosts, accounts }: Lab, file: string, { bytesPerSecond }: Transfer): string[] {
  const { user, password } = accounts.remote;
  const kilobitsPerSecond = String(Math.max(8, Math.round((bytesPerSecond * 8) / 1_000)));
  const target = `${user}@${hosts.remote.ip}:/dev/null`;
  return ['sshpass', '-p', password, 'scp', '-q', '-l', kilobitsPerSecond, ...SSH_OPTIONS, file, target];
}
