import type { Host, Hosts } from '../addresses.ts';
import { IPPROTO } from '../protocol.ts';
import type { Attack } from '../scenario.ts';
import { toMachine } from './footprint.ts';

/**
 * Where the name server of an attacker's zone is. outside: on the internet, asked directly. inside: on a taken-over
 * machine of the subnet. relayed: outside, asked by way of the cluster's resolver.
 */
export type NameServerPlace = 'outside' | 'inside' | 'relayed';

/** The port of every name server. */
export const DNS_PORT = 53;

/** The machine that an attacker sends its questions to. Plans with `inside` have one target. */
export function askedMachine(hosts: Hosts, place: NameServerPlace): Host {
  return { outside: hosts.remote, inside: hosts.targets[0], relayed: hosts.dns }[place];
}

/** The machine that answers for the zone. */
export function answeringMachine(hosts: Hosts, place: NameServerPlace): Host {
  return place === 'inside' ? hosts.targets[0] : hosts.remote;
}

/** A question that a name server answers for its zone; both the lab's own and iodined know `ns`. */
export function nameServerQuestion(server: Host, zone: string): string[] {
  return ['dig', '+tries=1', '+time=1', `@${server.ip}`, `ns.${zone}`];
}

/** Questions to the name server; relayed ones pass the bridge twice. */
export function questionFootprint(attacker: number, place: NameServerPlace): Attack['footprint'] {
  const asked = toMachine(attacker, (hosts) => askedMachine(hosts, place), DNS_PORT, IPPROTO.udp);
  if (place !== 'relayed') return asked;
  return (hosts) => {
    const { attackers, victims, fiveTuples } = asked(hosts);
    // Nobody else makes the resolver ask there.
    const src = hosts.dns.ip;
    const dst = hosts.remote.ip;
    const onwards = { src, srcPort: null, dst, dstPort: DNS_PORT, protocol: IPPROTO.udp };
    return { attackers, victims, fiveTuples: [...fiveTuples, onwards] };
  };
}
