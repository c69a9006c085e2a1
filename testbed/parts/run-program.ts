import { spawn } from 'node:child_process';

import { KubeSecureError } from '#core/error.ts';

const KEPT_CHARACTERS = 20_000;

/** How a program is run: where, with what environment, for how long at most (milliseconds). */
export type RunOptions = { folder?: string; environment?: NodeJS.ProcessEnv; limitMs?: number; input?: string };

/**
 * Runs a program to its end and gives what it wrote to stdout. Throws `unavailable` if it cannot be started, and
 * `internal` with the end of its output if it fails or runs past its limit (10 minutes unless told otherwise).
 */
export function runProgram(program: string, programArguments: string[], options: RunOptions = {}): Promise<string> {
  const doing = `while running ${[program, ...programArguments].join(' ').slice(0, 200)}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, programArguments, {
      stdio: 'pipe',
      ...(options.folder === undefined ? {} : { cwd: options.folder }),
      ...(options.environment === undefined ? {} : { env: options.environment }),
    });
    // Not spawn's own time limit: its timer lives on after a program that could not be started.
    const limit = setTimeout(() => child.kill('SIGKILL'), options.limitMs ?? 10 * 60_000);
    let output = '';
    let complaints = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (complaints = (complaints + text).slice(-KEPT_CHARACTERS)));
    // A program that ends without reading its input closes the pipe; its exit code tells what happened.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) => {
      clearTimeout(limit);
      reject(new KubeSecureError('unavailable', `${doing}: it cannot be started: ${cause.message}`, { cause }));
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      if (code === 0) resolve(output);
      else reject(new KubeSecureError('internal', `${doing}: it ended with ${signal ?? code}: ${tail(complaints)}`));
    });
  });
}

function tail(text: string): string {
  return text.trim().split('\n').slice(-12).join('\n');
}
