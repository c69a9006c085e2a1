import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hosts } from '../addresses.ts';
import { pause } from '../pause.ts';
import type { Play } from '../scenario.ts';
import type { Machine } from './machine.ts';

/** One `wrk` on one machine. */
export interface Load {
  readonly port: number;
  readonly paths: readonly string[];
  readonly connections: number;
  /** Requests per second of all connections together; null: as fast as the server answers. */
  readonly requestsPerSecond: number | null;
  /** Whether a connection serves many requests, or one. */
  readonly keepAlive: boolean;
  /** Seed of the order of paths and of the pauses. */
  readonly seed: number;
}

/** One run of wrk; a longer activity starts it anew. */
const WRK_SECONDS = 600;

/** Runs `wrk` from the machine that `from` chooses, against `to` or else the web server, until the activity's end. */
export function load(from: Machine, settings: Load, to: Machine = (hosts: Hosts) => hosts.web): Play {
  return async (lab, signal) => {
    const host = from(lab.hosts);
    const script = join(lab.scratch, `wrk-${host.role}-${settings.seed}.lua`);
    await writeFile(script, luaScript(settings));
    const url = `http://${to(lab.hosts).ip}:${settings.port}${settings.paths[0]}`;
    const count = String(settings.connections);
    const argv = ['wrk', '-t', '1', '-c', count, '-d', `${WRK_SECONDS}s`, '--timeout', '5s', '-s', script, url];
    while (!signal.aborted) {
      await lab.run(host, argv, signal);
      await pause(1_000, signal);
    }
  };
}

/** wrk has no rate of its own: each connection waits around the right time before each request. */
function luaScript(settings: Load): string {
  const lines = [
    `math.randomseed(${settings.seed})`,
    `local paths = { ${settings.paths.map((path) => `"${path}"`).join(', ')} }`,
    settings.keepAlive ? '' : 'wrk.headers["Connection"] = "close"',
    'function request() return wrk.format("GET", paths[math.random(#paths)]) end',
  ];
  if (settings.requestsPerSecond !== null) {
    const meanMs = (1_000 * settings.connections) / settings.requestsPerSecond;
    const low = Math.round(meanMs * 0.5);
    lines.push(`function delay() return math.random(${low}, ${Math.max(low + 1, Math.round(meanMs * 1.5))}) end`);
  }
  return `${lines.join('\n')}\n`;
}
