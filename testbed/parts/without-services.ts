import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { runProgram } from './run-program.ts';

const POLICY_FILE = '/usr/sbin/policy-rc.d';
const FORBIDDEN = 101;

/**
 * Runs an installation during which the distribution's packages may not start their services (Debian's policy-rc.d).
 * Should `service` be running afterwards and was not before, it is ended, and it does not start with the machine either.
 */
export async function withoutServices<T>(service: string, install: () => Promise<T>): Promise<T> {
  const before = new Set(pidsOf(service));
  const isOurs = !existsSync(POLICY_FILE);
  if (isOurs) writeFileSync(POLICY_FILE, `#!/bin/sh\nexit ${FORBIDDEN}\n`, { mode: 0o755 });
  try {
    return await install();
  } finally {
    if (isOurs) rmSync(POLICY_FILE);
    if (before.size === 0) await keepStopped(service);
  }
}

async function keepStopped(service: string): Promise<void> {
  if (existsSync('/run/systemd/system') && existsSync(`/lib/systemd/system/${service}.service`)) {
    await runProgram('systemctl', ['disable', '--now', '--quiet', service]);
  }
  for (const pid of pidsOf(service)) {
    try {
      process.kill(pid, 'SIGTERM');
    } catch (error) {
      if (pidsOf(service).includes(pid)) throw error;
    }
  }
}

/** The ids of the processes whose program has this name. */
export function pidsOf(name: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => nameOf(pid) === name)
    .map(Number);
}

function nameOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
  } catch {
    return null;
  }
}
