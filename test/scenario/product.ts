import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Alert } from '#core/alert.ts';
import type { Decision } from '#core/decision.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/kubesecure');
export const PASSWORD = 'only-for-this-test';

export interface Product {
  readonly process: ChildProcess;
  readonly url: string;
  /** Everything printed so far. */
  output(): string;
  /** Gets a route as the admin, JSON parsed. */
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  alerts(): Promise<Alert[]>;
  decisions(): Promise<Decision[]>;
  /** `kill -9`, as a power cut does; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** The words of an environment without settings of ours, so that a test is not steered from outside. */
export function cleanEnvironment(extra: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('KUBESECURE_') && name !== 'KUBECONFIG' && name !== 'SLACK_WEBHOOK_URL',
  );
  return { ...Object.fromEntries(kept), HOME: '/nonexistent', ...extra };
}

/** Starts `kubesecure up` with these arguments and waits until it says where its dashboard is. */
export async function startProduct(parameters: string[], environment: Record<string, string>): Promise<Product> {
  const child = spawn(PROGRAM, ['up', '--port', '0', ...parameters], {
    env: cleanEnvironment({ KUBESECURE_ADMIN_PASSWORD: PASSWORD, ...environment }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await waitFor(30_000, () => {
    if (child.exitCode !== null) throw new Error(`kubesecure up ended with ${child.exitCode}:\n${output}`);
    return /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
  });
  const token = await login(url);

  async function request<T>(path: string, init: RequestInit): Promise<T> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  const get = <T>(path: string) => request<T>(path, { method: 'GET' });
  return {
    process: child,
    url,
    output: () => output,
    get,
    post: (path, body) => request(path, { method: 'POST', body: JSON.stringify(body) }),
    alerts: () => get<Alert[]>('/get-alerts'),
    decisions: () => get<Decision[]>('/api/decisions'),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    stop() {
      child.kill('SIGINT');
      return gone;
    },
  };
}

async function login(url: string): Promise<string> {
  const response = await fetch(`${url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: PASSWORD }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}

/** Asks again until there is an answer other than undefined, null or false; fails after `limitMs`, saying what it saw last. */
export async function waitFor<T>(
  limitMs: number,
  ask: () => T | Promise<T>,
): Promise<Exclude<T, undefined | null | false>> {
  const untilMs = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) {
      return answer as Exclude<T, undefined | null | false>;
    }
    if (Date.now() > untilMs) throw new Error(`nothing after ${limitMs} ms: ${ask.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
