import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FORWARDED_ZONE, listRecords } from './dnsmasq.ts';
import type { Preparation } from './server.ts';
import { listTexts } from './text-records.ts';

/** Writes the configuration of lab b's DNS server, which knows the same names; gives the command line that serves it. */
export async function unboundCommand(preparation: Preparation): Promise<string[]> {
  const path = join(preparation.folder, 'unbound.conf');
  await writeFile(path, configurationText(preparation));
  return ['unbound', '-d', '-p', '-c', path];
}

function configurationText({ folder, hosts }: Preparation): string {
  const records = listRecords(hosts).map(({ name, ip }) => `  local-data: "${name}. A ${ip}"`);
  const texts = listTexts().map(({ name, strings }) => {
    const quoted = strings.map((string) => `"${string}"`).join(' ');
    return `  local-data: '${name}. TXT ${quoted}'`;
  });
  const forwards = hosts.services.includes('remote')
    ? `  local-zone: "${FORWARDED_ZONE}." transparent
forward-zone:
  name: "${FORWARDED_ZONE}."
  forward-addr: ${hosts.remote.ip}
`
    : '';
  return `
server:
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  num-threads: 1
  interface: ${hosts.dns.ip}
  access-control: 0.0.0.0/0 allow
  do-ip6: no
  module-config: "iterator"
  msg-cache-size: 0
  rrset-cache-size: 0
  local-zone: "." static
${[...records, ...texts].join('\n')}
${forwards}`;
}
