import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cachedPath } from '../testbed/parts/cache.ts';
import type { NotMeasured } from './measure.ts';

/** A Python program to compare with, in an environment of its own: what they depend on does not go together. */
export interface PythonPeer {
  readonly name: string;
  readonly version: string;
  /** Packages for pip. */
  readonly packages: readonly string[];
}

export const NFSTREAM: PythonPeer = { name: 'nfstream', version: '6.6.0', packages: ['nfstream==6.6.0'] };

/** The command of version 0.5.0 fails with its own `--csv`; 0.2.0 collects nothing from a later scapy. */
export const CICFLOWMETER: PythonPeer = {
  name: 'cicflowmeter',
  version: '0.2.0',
  packages: ['cicflowmeter==0.2.0', 'scapy==2.5.0'],
};

/** The folder of the peer's programs, in the cache outside the clone; installed with pip when it is not there. */
export function installPeer(peer: PythonPeer): string | NotMeasured {
  const folder = cachedPath(peer.name, peer.version);
  const programs = join(folder, 'bin');
  const mark = join(folder, 'installed');
  if (existsSync(mark)) return programs;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const steps = [
    ['python3', '-m', 'venv', folder],
    [join(programs, 'pip'), 'install', '--quiet', ...peer.packages],
  ];
  for (const [program = '', ...parameters] of steps) {
    const { status, error, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
    if (status === 0) continue;
    const said = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
    return { reason: `not installed: ${said}` };
  }
  mkdirSync(mark);
  return programs;
}
