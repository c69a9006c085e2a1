import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hosts, listHosts } from '../addresses.ts';
import { IPPROTO } from '../protocol.ts';
import type { Attack, Lab, TimeWindow } from '../scenario.ts';

/** One attacker's question to every address of a part of the lab's subnet. */
export interface HostSweep {
  readonly attacker: number;
  /** masscan: SYNs only, past the kernel. syn, connect: nmap on a port. echo: nmap -sn by ICMP. ping: nmap -sn by SYN. */
  readonly technique: 'masscan' | 'syn' | 'connect' | 'echo' | 'ping';
  readonly ports: readonly number[];
  /** Last octets, both ends included. */
  readonly from: number;
  readonly to: number;
  readonly packetsPerSecond: number;
}

/**
 * An address that no machine has. On a cluster's network each question leaves the pod whether there is somebody or not;
 * on the lab's bridge the kernel would ask by ARP first and then say nothing, so absent addresses get this neighbour.
 */
const NOBODY_MAC = '02:00:5e:10:00:01';

/** The attack; it ends when every address was asked or its window is over. */
export function hostSweep(sweep: HostSweep, window: TimeWindow): Attack {
  return {
    ...window,
    family: 'host-sweep',
    async play(lab, signal) {
      const attacker = lab.hosts.attackers[sweep.attacker];
      await knowNobody(sweep, lab, signal);
      await lab.run(attacker, sweepCommand(sweep, lab.hosts), signal);
    },
    footprint(hosts) {
      const src = hosts.attackers[sweep.attacker].ip;
      const addresses = addressesOf(sweep, hosts).filter((ip) => ip !== src);
      const ports = sweep.technique === 'echo' ? [null] : sweep.ports;
      const protocol = sweep.technique === 'echo' ? IPPROTO.icmp : IPPROTO.tcp;
      return {
        attackers: [src],
        victims: addresses.flatMap((ip) => ports.map((port) => ({ ip, port }))),
        fiveTuples: addresses.flatMap((dst) =>
          ports.map((dstPort) => ({ src, srcPort: null, dst, dstPort, protocol })),
        ),
      };
    },
  };
}

/** Tells the attacker's kernel where addresses lead that nobody has. */
async function knowNobody(sweep: HostSweep, lab: Lab, signal: AbortSignal): Promise<void> {
  const present = new Set(listHosts(lab.hosts).map((host) => host.ip));
  const absent = addressesOf(sweep, lab.hosts).filter((ip) => !present.has(ip));
  const lines = absent.map((ip) => `neigh replace ${ip} lladdr ${NOBODY_MAC} nud permanent dev eth0\n`);
  const file = join(lab.scratch, `neighbours-${sweep.attacker}`);
  await writeFile(file, lines.join(''));
  await lab.run(lab.hosts.attackers[sweep.attacker], ['ip', '-batch', file], signal);
}

function sweepCommand(sweep: HostSweep, hosts: Hosts): string[] {
  const subnet = subnetOf(hosts);
  const ports = sweep.ports.join(',');
  const rate = String(sweep.packetsPerSecond);
  if (sweep.technique === 'masscan') {
    const range = `${subnet}.${sweep.from}-${subnet}.${sweep.to}`;
    // masscan has one next hop for all: with nobody's address, no machine answers, as behind a firewall.
    return ['masscan', range, '-p', ports, '--rate', rate, '--wait', '1', '-e', 'eth0', '--router-mac', NOBODY_MAC];
  }
  const how = {
    syn: ['-sS', '-Pn', '-p', ports],
    connect: ['-sT', '-Pn', '-p', ports],
    echo: ['-sn', '-PE'],
    ping: ['-sn', `-PS${ports}`],
  };
  const range = `${subnet}.${sweep.from}-${sweep.to}`;
  // Through the kernel, which knows where absent addresses lead; nmap's own frames would need an answer by ARP.
  const wire = ['--send-ip', '--disable-arp-ping', '--max-retries', '1', '--max-rate', rate];
  return ['nmap', '-n', ...how[sweep.technique], ...wire, range];
}

function addressesOf(sweep: HostSweep, hosts: Hosts): string[] {
  const subnet = subnetOf(hosts);
  return Array.from({ length: sweep.to - sweep.from + 1 }, (_, index) => `${subnet}.${sweep.from + index}`);
}

function subnetOf(hosts: Hosts): string {
  return hosts.gateway.ip.slice(0, hosts.gateway.ip.lastIndexOf('.'));
}
