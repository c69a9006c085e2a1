import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { KubeSecureError } from '#core/error.ts';

/** Every program that the lab starts, and the Debian package that brings it. */
export const TOOLS: readonly Tool[] = [
  { name: 'ip', aptPackage: 'iproute2' },
  { name: 'nsenter', aptPackage: 'util-linux' },
  { name: 'unshare', aptPackage: 'util-linux' },
  { name: 'setpriv', aptPackage: 'util-linux' },
  { name: 'mount', aptPackage: 'mount' },
  { name: 'sysctl', aptPackage: 'procps' },
  { name: 'tcpdump', aptPackage: 'tcpdump' },
  { name: 'socat', aptPackage: 'socat' },
  // Servers.
  { name: 'nginx', aptPackage: 'nginx-light' },
  { name: 'lighttpd', aptPackage: 'lighttpd' },
  { name: 'mod_openssl.so', aptPackage: 'lighttpd-mod-openssl', folders: ['/usr/lib/lighttpd'] },
  { name: 'openssl', aptPackage: 'openssl' },
  { name: 'dnsmasq', aptPackage: 'dnsmasq-base' },
  { name: 'unbound', aptPackage: 'unbound' },
  { name: 'postgresql', aptPackage: 'postgresql', folders: ['/usr/lib'] },
  { name: 'pgbench', aptPackage: 'postgresql' },
  { name: 'redis-server', aptPackage: 'redis-server' },
  { name: 'nats-server', aptPackage: 'nats-server' },
  { name: 'sshd', aptPackage: 'openssh-server' },
  // Clients.
  { name: 'dig', aptPackage: 'bind9-dnsutils' },
  { name: 'curl', aptPackage: 'curl' },
  { name: 'wrk', aptPackage: 'wrk' },
  { name: 'psql', aptPackage: 'postgresql-client' },
  { name: 'redis-cli', aptPackage: 'redis-tools' },
  { name: 'ssh', aptPackage: 'openssh-client' },
  { name: 'sshpass', aptPackage: 'sshpass' },
  { name: 'fping', aptPackage: 'fping' },
  // Attacks.
  { name: 'hping3', aptPackage: 'hping3' },
  { name: 'nmap', aptPackage: 'nmap' },
  { name: 'masscan', aptPackage: 'masscan' },
  { name: 'siege', aptPackage: 'siege' },
  { name: 'slowhttptest', aptPackage: 'slowhttptest' },
  { name: 'hydra', aptPackage: 'hydra' },
  { name: 'medusa', aptPackage: 'medusa' },
  // iodine calls it to set up its device.
  { name: 'ifconfig', aptPackage: 'net-tools' },
  { name: 'iodine', aptPackage: 'iodine' },
  { name: 'ffuf', aptPackage: 'ffuf' },
];

/** One program. */
export interface Tool {
  readonly name: string;
  readonly aptPackage: string;
  /** Where it lies when not on the PATH. */
  readonly folders?: readonly string[];
}

/** Debian keeps servers' programs where an ordinary user's PATH may not look. */
const SYSTEM_PATH = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** What keeps the lab from running on this machine, each with its remedy; empty when nothing does. */
export function findObstacles(
  isInstalled: (tool: Tool) => boolean = isThere,
  isRoot = process.getuid?.() === 0,
): string[] {
  const missing = missingTools(isInstalled);
  const obstacles = missing.map((tool) => `${tool.name} is missing: apt-get install ${tool.aptPackage}`);
  if (!isRoot) obstacles.push('network namespaces need root: run the lab with sudo');
  return obstacles;
}

/** The tools that this machine lacks. */
export function missingTools(isInstalled: (tool: Tool) => boolean = isThere): Tool[] {
  return TOOLS.filter((tool) => !isInstalled(tool));
}

/** Throws `usage` with every obstacle at once, so that a person mends them in one go. */
export function requireTools(): void {
  const obstacles = findObstacles();
  if (obstacles.length === 0) return;
  const remedy = 'npm run lab -- doctor --install does so on Debian';
  throw new KubeSecureError('usage', `while preparing the lab: ${obstacles.join('; ')} (${remedy})`);
}

/** The environment's PATH with the system folders in it. */
export function searchPath(): string {
  return [process.env['PATH'] ?? '', ...SYSTEM_PATH].filter((part) => part !== '').join(delimiter);
}

function isThere({ name, folders }: Tool): boolean {
  if (folders !== undefined) return folders.some((folder) => allows(join(folder, name), constants.R_OK));
  return searchPath()
    .split(delimiter)
    .some((folder) => allows(join(folder, name), constants.X_OK));
}

function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
