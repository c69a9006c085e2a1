import type { Hosts } from '../addresses.ts';

/** The names that exist, and where they lead. Every other name is answered with NXDOMAIN. */
export const SERVICE_NAMES = ['web', 'app', 'monitor'] as const;
/** A pod's search list (resolv.conf): names are tried with each of these before they are tried as they stand. */
export const SEARCH_DOMAINS = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'] as const;

/** The command line of a DNS server that answers from its own zone only. */
export function dnsmasqCommand(hosts: Hosts): string[] {
  const records = SERVICE_NAMES.map((name) => `--host-record=${name}.${SEARCH_DOMAINS[0]},${hosts[name].ip}`);
  return [
    ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts'],
    ['--user=root', '--pid-file=', '--log-facility=-', '--cache-size=0', '--address=/#/'],
    [`--listen-address=${hosts.dns.ip}`, '--bind-interfaces'],
    records,
  ].flat();
}
