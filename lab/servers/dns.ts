import { dnsmasqCommand, SEARCH_DOMAINS } from './dnsmasq.ts';
import type { Preparation, Server } from './server.ts';
import { unboundCommand } from './unbound.ts';

/** The cluster's resolver: dnsmasq in lab a, unbound in lab b. */
export async function prepareDns(preparation: Preparation): Promise<Server[]> {
  const { hosts, kind } = preparation;
  const argv = kind === 'a' ? dnsmasqCommand(hosts) : await unboundCommand(preparation);
  const question = ['dig', '+tries=1', '+time=1', `@${hosts.dns.ip}`, `web.${SEARCH_DOMAINS[0]}`];
  return [{ host: hosts.dns, argv, question }];
}
