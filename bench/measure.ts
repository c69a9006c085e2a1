import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { kill } from '../lab/network.ts';
import { cacheFolder } from '../testbed/parts/cache.ts';
import { descendantsOf, memoryOf } from './process-tree.ts';

/** What one run of a program took. */
export interface Measurement {
  /** User and system time of the process and of all that it started. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /**
   * MiB: the peaks of all processes that lived at the same moment, added up, at the worst moment seen. Pages that
   * forked processes share count in each of them.
   */
  readonly rssMib: number;
}

/** How it ended without one, in words. */
export interface NotMeasured {
  readonly reason: string;
}

const FIRST_LOOK_MS = 15;
const LAST_LOOK_MS = 100;
const MOST_SAID_CHARACTERS = 4096;

/** Runs a program with its standard output in a file. `mostSeconds` ends it, and all that it started, when it takes longer. */
export function measure(
  command: readonly string[],
  output: string,
  mostSeconds: number,
): Promise<Measurement | NotMeasured> {
  const descriptor = openSync(output, 'w');
  const startedMs = performance.now();
  // Bash tells the processor time of a command and of all that it waited for, to the millisecond.
  const child = spawn('bash', ['-c', 'TIMEFORMAT="%U %S"; time "$@"', 'bash', ...command], {
    stdio: ['ignore', descriptor, 'pipe'],
    // Ours keeps compiled code between runs; so does every program here that runs on Node.
    env: { ...process.env, LC_ALL: 'C', NODE_COMPILE_CACHE: join(cacheFolder(), 'compiled') },
  });
  closeSync(descriptor);
  let said = '';
  let rssMib = 0;
  let isLate = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-MOST_SAID_CHARACTERS)));

  const { pid } = child;
  const deadline = setTimeout(() => {
    isLate = true;
    // Bash then ends by itself.
    if (pid !== undefined) for (const process of descendantsOf(pid)) kill(process.pid);
  }, mostSeconds * 1000);
  let looking = setTimeout(look, FIRST_LOOK_MS, FIRST_LOOK_MS);
  function look(sinceMs: number): void {
    const alive = pid === undefined ? [] : descendantsOf(pid);
    rssMib = Math.max(
      rssMib,
      alive.reduce((sum, one) => sum + (memoryOf(one.pid)?.mostMib ?? 0), 0),
    );
    const nextMs = Math.min(sinceMs * 2, LAST_LOOK_MS);
    looking = setTimeout(look, nextMs, nextMs);
  }

  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const wallSeconds = (performance.now() - startedMs) / 1000;
      clearTimeout(deadline);
      clearTimeout(looking);
      const lines = said.trim().split('\n');
      if (isLate) resolve({ reason: `stopped after ${mostSeconds} s` });
      else if (code !== 0)
        resolve({ reason: `failed: ${lines.find((line) => /error|kubesecure:/i.test(line)) ?? lines[0]}` });
      else resolve({ cpuSeconds: sumOf(lines.at(-1) ?? ''), wallSeconds, rssMib });
    });
  });
}

function sumOf(times: string): number {
  return times.split(' ').reduce((sum, seconds) => sum + Number(seconds), 0);
}
