import { cpus, release, totalmem } from 'node:os';

/** What the figures were measured on, in one line. */
export function machineLine(): string {
  const cores = cpus();
  const gib = Math.round(totalmem() / 1024 ** 3);
  return `${cores.length} cores of ${cores[0]?.model ?? 'unknown'}, ${gib} GiB, Linux ${release()}, Node ${process.versions.node}`;
}
