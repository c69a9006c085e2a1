import type { Host, Hosts } from '../addresses.ts';
import { IPPROTO } from '../protocol.ts';
import type { Attack } from '../scenario.ts';

/** A service that an attack aims at. */
export interface Aim {
  readonly victim: 'web' | 'app' | 'dns' | 'monitor' | 'database' | 'cache' | 'queue' | 'rpc' | 'bastion' | 'remote';
  readonly port: number;
}

/** Everything that one attacker sends to one port of one machine. */
export function towards(attacker: number, aim: Aim, protocol: number = IPPROTO.tcp): Attack['footprint'] {
  return toMachine(attacker, (hosts) => hosts[aim.victim], aim.port, protocol);
}

/** The same, to a machine that no role names. */
export function toMachine(
  attacker: number,
  machine: (hosts: Hosts) => Host,
  port: number,
  protocol: number,
): Attack['footprint'] {
  return (hosts) => {
    const src = hosts.attackers[attacker].ip;
    const dst = machine(hosts).ip;
    return {
      attackers: [src],
      victims: [{ ip: dst, port }],
      fiveTuples: [{ src, srcPort: null, dst, dstPort: port, protocol }],
    };
  };
}
