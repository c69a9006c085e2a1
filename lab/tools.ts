import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { KubeSecureError } from '#core/error.ts';

/** Every program that the lab starts, and the Debian package that brings it. */
export const TOOLS: readonly { readonly name: string; readonly aptPackage: string }[] = [
  { name: 'ip', aptPackage: 'iproute2' },
  { name: 'nsenter', aptPackage: 'util-linux' },
  { name: 'sysctl', aptPackage: 'procps' },
  { name: 'tcpdump', aptPackage: 'tcpdump' },
  { name: 'nginx', aptPackage: 'nginx-light' },
  { name: 'openssl', aptPackage: 'openssl' },
  { name: 'dnsmasq', aptPackage: 'dnsmasq-base' },
  { name: 'dig', aptPackage: 'bind9-dnsutils' },
  { name: 'curl', aptPackage: 'curl' },
  { name: 'wrk', aptPackage: 'wrk' },
  { name: 'hping3', aptPackage: 'hping3' },
  { name: 'nmap', aptPackage: 'nmap' },
];

/** Debian keeps servers' programs where an ordinary user's PATH may not look. */
const SYSTEM_PATH = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** What keeps the lab from running on this machine, each with its remedy; empty when nothing does. */
export function findObstacles(
  isInstalled: (name: string) => boolean = isOnPath,
  isRoot = process.getuid?.() === 0,
): string[] {
  const missing = TOOLS.filter((tool) => !isInstalled(tool.name));
  const obstacles = missing.map((tool) => `${tool.name} is missing: apt-get install ${tool.aptPackage}`);
  if (!isRoot) obstacles.push('network namespaces need root: run the lab with sudo');
  return obstacles;
}

/** Throws `usage` with every obstacle at once, so that a person mends them in one go. */
export function requireTools(): void {
  const obstacles = findObstacles();
  if (obstacles.length > 0) throw new KubeSecureError('usage', `while preparing the lab: ${obstacles.join('; ')}`);
}

/** The environment's PATH with the system folders in it. */
export function searchPath(): string {
  return [process.env['PATH'] ?? '', ...SYSTEM_PATH].filter((part) => part !== '').join(delimiter);
}

function isOnPath(name: string): boolean {
  return searchPath()
    .split(delimiter)
    .some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
