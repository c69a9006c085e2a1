import { runOnce } from './commands.ts';

/** The name of a machine's network namespace. */
export function namespaceOf(lab: string, role: string): string {
  return `${lab}-${role}`;
}

/** A command line that runs another one in a network namespace. */
export function enter(name: string, argv: readonly string[]): string[] {
  return ['nsenter', `--net=/run/netns/${name}`, '--', ...argv];
}

/** Many commands of `ip` in one process. */
export async function batch(options: readonly string[], lines: readonly string[]): Promise<void> {
  await runOnce(['ip', ...options, '-batch', '-'], `${lines.join('\n')}\n`);
}

/** Kernel settings of one namespace. */
export async function setSysctls(name: string, settings: Record<string, number>): Promise<void> {
  const assignments = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  await runOnce(enter(name, ['sysctl', '-q', '-w', ...assignments]));
}

/** Lines for `batch` that bring a machine's only card up, with `address` as `10.0.0.2/24`. */
export function eth0Up(address: string, options: { segmentationOffload: boolean }): string[] {
  return [
    'link set lo up',
    `addr add ${address} dev eth0`,
    ...(options.segmentationOffload ? [] : ['link set eth0 gso_max_size 1514 gso_max_segs 1']),
    'link set eth0 up',
  ];
}
