import type { Hosts } from '../addresses.ts';
import { listTexts } from './text-records.ts';

/** The names that always exist, and where they lead. Those of the services that a plan names exist too. */
export const SERVICE_NAMES = ['web', 'app', 'monitor'] as const;
/** A pod's search list (resolv.conf): names are tried with each of these before they are tried as they stand. */
export const SEARCH_DOMAINS = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'] as const;
/** What the world calls `remote`. */
export const REMOTE_NAME = 'cdn.example.org';
/** The server asks `remote` on port 53 about names in this zone, as a resolver asks whoever is responsible for a zone. */
export const FORWARDED_ZONE = 'sync.example.net';

/** Every name that exists, with its address. Any other outside `FORWARDED_ZONE` is answered with NXDOMAIN. */
export function listRecords(hosts: Hosts): { name: string; ip: string }[] {
  const inside = [...SERVICE_NAMES, ...hosts.services.filter((name) => name !== 'remote')];
  const records = inside.map((name) => ({ name: `${name}.${SEARCH_DOMAINS[0]}`, ip: hosts[name].ip }));
  if (hosts.services.includes('remote')) records.push({ name: REMOTE_NAME, ip: hosts.remote.ip });
  return records;
}

/** The command line of a DNS server that answers from its own zone only, and forwards one. */
export function dnsmasqCommand(hosts: Hosts): string[] {
  const forwards = hosts.services.includes('remote') ? [`--server=/${FORWARDED_ZONE}/${hosts.remote.ip}`] : [];
  return [
    ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts'],
    ['--user=root', '--pid-file=', '--log-facility=-', '--cache-size=0', '--address=/#/'],
    [`--listen-address=${hosts.dns.ip}`, '--bind-interfaces'],
    listRecords(hosts).map(({ name, ip }) => `--host-record=${name},${ip}`),
    listTexts().map(({ name, strings }) => `--txt-record=${[name, ...strings].join(',')}`),
    forwards,
  ].flat();
}
