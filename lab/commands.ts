import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { searchPath } from './tools.ts';

/** A program that runs until it is stopped. */
export interface Service {
  /** What it has said on stderr so far, the last 4,000 characters. */
  said(): string;
  /** Whether it still runs. */
  isRunning(): boolean;
  /** Sends the signal, waits for the end; kills it after two seconds. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** The programs of one lab: whatever was started here is ended by `stopAll`. */
export interface Commands {
  /** Runs a program to its end, or until the signal aborts. Resolves with its exit code, null when it was stopped. */
  run(argv: readonly string[], signal: AbortSignal): Promise<number | null>;
  /** Starts a program that stays. */
  start(argv: readonly string[]): Service;
  stopAll(): Promise<void>;
}

const GRACE_MS = 2_000;

/** An empty set of programs. */
export function createCommands(): Commands {
  const running = new Set<ChildProcess>();

  function launch(argv: readonly string[], stderr: 'ignore' | 'pipe'): ChildProcess {
    const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', 'ignore', stderr], env: environment() });
    running.add(child);
    child.once('close', () => running.delete(child));
    return child;
  }

  return {
    run: (argv, signal) => (signal.aborted ? Promise.resolve(null) : runToEnd(launch(argv, 'ignore'), argv, signal)),
    start: (argv) => asService(launch(argv, 'pipe')),
    async stopAll() {
      await Promise.all([...running].map((child) => end(child, 'SIGTERM')));
    },
  };
}

/** Runs a short system command and gives its stdout; throws `internal` with its stderr when it fails. */
export async function runOnce(argv: readonly string[], input = ''): Promise<string> {
  const promise = promisify(execFile)(argv[0], argv.slice(1), { env: environment() });
  promise.child.stdin?.on('error', () => promise.child.kill());
  promise.child.stdin?.end(input);
  try {
    return (await promise).stdout;
  } catch (error) {
    throw new KubeSecureError('internal', `while running ${argv.join(' ')}: ${reasonOf(error)}`, { cause: error });
  }
}

function runToEnd(child: ChildProcess, argv: readonly string[], signal: AbortSignal): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const onAbort = () => void end(child, 'SIGTERM').catch(reject);
  signal.addEventListener('abort', onAbort, { once: true });
  child.once('error', (error) =>
    reject(new KubeSecureError('internal', `while starting ${argv[0]}: ${error.message}`)),
  );
  child.once('close', (code) => resolve(code));
  return promise.finally(() => signal.removeEventListener('abort', onAbort));
}

function asService(child: ChildProcess): Service {
  let text = '';
  let failed = false;
  child.once('error', (error) => {
    failed = true;
    text += error.message;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4_000);
  });
  return {
    said: () => text,
    isRunning: () => !failed && hasNotEnded(child),
    stop: (signal) => end(child, signal),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || !hasNotEnded(child)) return;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  child.once('close', () => resolve());
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  child.kill(signal);
  await closed;
  clearTimeout(timer);
}

function hasNotEnded(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** No proxy and no personal settings (~/.curlrc): traffic must depend on the plan alone. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: searchPath(), LC_ALL: 'C', HOME: '/nonexistent' };
}
