import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import type { Play, TimeWindow } from '../scenario.ts';
import type { Machine } from './machine.ts';
import { nodeClient } from './node-client.ts';
import { every } from './repeat.ts';

/** Where a pod serves; each of these answers `GET`. */
export const POD_PORT = 9100;
export const POD_PATHS = { health: '/healthz', metrics: '/metrics', work: '/api/items' } as const;

/** A pod: a small web server (nginx) on a client's machine, from the activity's start to its end, when it goes at once. */
export function servePod(on: Machine, random: Random): Play {
  const metricsBytes = Math.round(random.logBetween(2_000, 120_000));
  const itemsBytes = Math.round(random.logBetween(300, 30_000));
  const keepAliveSeconds = random.integer(5, 75);
  return async (lab, signal) => {
    const host = on(lab.hosts);
    const folder = join(lab.scratch, `pod-${host.role}-${random.integer(1, 1_000_000_000)}`);
    await mkdir(join(folder, 'api'), { recursive: true });
    await writeFile(join(folder, 'metrics'), randomBytes(metricsBytes));
    await writeFile(join(folder, 'api', 'items'), randomBytes(itemsBytes));
    const configuration = join(folder, 'nginx.conf');
    await writeFile(configuration, configurationText(folder, host.ip, keepAliveSeconds));
    await lab.run(host, ['nginx', '-c', configuration, '-p', folder, '-e', 'stderr'], signal);
  };
}

/** One pod of several that do the same: on which client's machine, and how long it lives. */
export interface Replica extends TimeWindow {
  readonly client: number;
}

/** A caller that shares its requests out among the replicas, and hears of each coming and going `lagMs` late. */
export function callPods(
  from: Machine,
  replicas: readonly Replica[],
  settings: { requestsPerSecond: number; lagMs: number; keepAlive: boolean; seed: number },
): Play {
  const { keepAlive, lagMs } = settings;
  const periodMs = (1_000 * replicas.length) / 2 / settings.requestsPerSecond;
  return nodeClient(from, 'http', ({ hosts }) => ({
    seed: settings.seed,
    calls: replicas.map(({ client, startMs, endMs }) => ({
      url: `http://${hosts.clients[client].ip}:${POD_PORT}${POD_PATHS.work}`,
      periodMs,
      jitter: 'poisson',
      keepAlive,
      connections: 1,
      bodyBytes: 0,
      fromMs: startMs + (startMs === 0 ? 500 : lagMs),
      spreadMs: 300,
      untilMs: endMs + lagMs,
    })),
  }));
}

/** The node's health probe of one pod, on a fresh connection each time. */
export function probePod(client: number, periodMs: number): Play {
  return every(periodMs, (lab, signal) => {
    const { hosts } = lab;
    const url = `http://${hosts.clients[client].ip}:${POD_PORT}${POD_PATHS.health}`;
    return lab.run(hosts.gateway, ['curl', '-s', '--connect-timeout', '1', '--max-time', '2', url], signal);
  });
}

/** The machine of a pod is gone: whoever still speaks to it hears nothing more, not even a refusal. */
export function stopAnswering(client: number): Play {
  return async (lab, signal) => {
    await lab.run(lab.hosts.clients[client], ['ip', 'link', 'set', 'eth0', 'down'], signal);
  };
}

function configurationText(folder: string, address: string, keepAliveSeconds: number): string {
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 512; }
http {
  access_log off;
  keepalive_timeout ${keepAliveSeconds};
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen ${address}:${POD_PORT};
    root ${folder};
    location = ${POD_PATHS.health} { return 200 "alive\\n"; }
  }
}
`;
}
