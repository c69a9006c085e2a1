import type { Hosts } from '../addresses.ts';
import { IPPROTO } from '../protocol.ts';
import type { Attack, TimeWindow } from '../scenario.ts';
import type { FiveTuple } from '../truth.ts';

/** A flood of single packets by hping3 from one attacker. */
export interface PacketFlood {
  readonly family: 'syn-flood' | 'udp-flood' | 'icmp-flood';
  readonly attacker: number;
  readonly victim: 'web' | 'app' | 'dns' | 'bastion' | 'cache';
  /** Null for ICMP, which has none. */
  readonly port: number | null;
  /**
   * own: the attacker's address, whose kernel answers each SYN-ACK with a reset. An address: an invented one, the same
   * for every packet, that must lie outside the lab's subnet. random: another one for every packet.
   */
  readonly source: 'own' | 'random' | { readonly address: string };
  readonly packetsPerSecond: number;
  /** Bytes after the headers. */
  readonly payloadBytes: number;
}

const MODE: Record<PacketFlood['family'], { readonly flags: readonly string[]; readonly protocol: number }> = {
  'syn-flood': { flags: ['--syn'], protocol: IPPROTO.tcp },
  'udp-flood': { flags: ['--udp'], protocol: IPPROTO.udp },
  'icmp-flood': { flags: ['--icmp'], protocol: IPPROTO.icmp },
};

/** The attack, bounded twice: by its number of packets and by its window. */
export function packetFlood(flood: PacketFlood, window: TimeWindow): Attack {
  const { port } = flood;
  const { protocol } = MODE[flood.family];
  return {
    ...window,
    family: flood.family,
    async play(lab, signal) {
      const { attackers, [flood.victim]: victim } = lab.hosts;
      await lab.run(attackers[flood.attacker], hpingCommand(flood, window, victim.ip), signal);
    },
    footprint(hosts) {
      const src = sourceOf(flood, hosts);
      const dst = hosts[flood.victim].ip;
      return {
        attackers: src === null ? [] : [src],
        victims: [{ ip: dst, port }],
        fiveTuples: [{ src, srcPort: null, dst, dstPort: port, protocol }, ...refusalsOf(flood, src, dst)],
      };
    },
  };
}

/** A closed UDP port answers with ICMP, a flow of its own between the same two. */
function refusalsOf(flood: PacketFlood, src: string | null, dst: string): FiveTuple[] {
  if (flood.family !== 'udp-flood') return [];
  return [{ src, srcPort: null, dst, dstPort: null, protocol: IPPROTO.icmp }];
}

function hpingCommand(flood: PacketFlood, window: TimeWindow, victim: string): string[] {
  const count = Math.ceil((flood.packetsPerSecond * (window.endMs - window.startMs)) / 1_000);
  return [
    ['hping3', ...MODE[flood.family].flags, '-q', '-n', '-c', String(count)],
    ['-i', `u${Math.max(1, Math.round(1_000_000 / flood.packetsPerSecond))}`],
    flood.port === null ? [] : ['-p', String(flood.port)],
    flood.payloadBytes === 0 ? [] : ['-d', String(flood.payloadBytes)],
    sourceFlags(flood),
    victim,
  ].flat();
}

function sourceFlags(flood: PacketFlood): string[] {
  if (flood.source === 'own') return [];
  return flood.source === 'random' ? ['--rand-source'] : ['-a', flood.source.address];
}

function sourceOf(flood: PacketFlood, hosts: Hosts): string | null {
  if (flood.source === 'own') return hosts.attackers[flood.attacker].ip;
  return flood.source === 'random' ? null : flood.source.address;
}
