import type { Hosts } from '../addresses.ts';
import { IPPROTO } from '../protocol.ts';
import type { Attack, TimeWindow } from '../scenario.ts';

/** One nmap run from one attacker. */
export interface PortScan {
  readonly attacker: number;
  /** `dark`: an address behind the gateway, where a firewall swallows everything. */
  readonly victims: readonly ('web' | 'app' | 'dns' | 'monitor' | 'dark')[];
  /** syn: half-open, from one source port. connect: whole handshakes. */
  readonly technique: 'syn' | 'connect';
  /** nmap's own template: 2 waits 0.4 s between probes, 5 waits for nothing. */
  readonly timing: 2 | 3 | 4 | 5;
  /** nmap's port specification, e.g. `1-1000`. */
  readonly ports: string;
  /** Probes per second at most; null leaves it to the template. */
  readonly packetsPerSecond: number | null;
  /** Whether nmap asks first if the victim is there (ICMP echo). */
  readonly discovers: boolean;
}

/** A reserved test network (RFC 2544): leads to the lab's gateway, which forwards nothing and says nothing. */
const DARK_ADDRESS = '198.18.0.77';

/** The attack; it ends when all ports are tried or its window is over. */
export function portScan(scan: PortScan, window: TimeWindow): Attack {
  return {
    ...window,
    family: 'port-scan',
    async play(lab, signal) {
      await lab.run(lab.hosts.attackers[scan.attacker], nmapCommand(scan, addressesOf(scan, lab.hosts)), signal);
    },
    footprint(hosts) {
      const src = hosts.attackers[scan.attacker].ip;
      const protocols = scan.discovers ? [IPPROTO.tcp, IPPROTO.icmp] : [IPPROTO.tcp];
      const victims = addressesOf(scan, hosts);
      return {
        attackers: [src],
        victims: victims.map((ip) => ({ ip, port: null })),
        fiveTuples: victims.flatMap((dst) =>
          protocols.map((protocol) => ({ src, srcPort: null, dst, dstPort: null, protocol })),
        ),
      };
    },
  };
}

function nmapCommand(scan: PortScan, victims: readonly string[]): string[] {
  return [
    ['nmap', '-n', scan.technique === 'syn' ? '-sS' : '-sT', `-T${scan.timing}`, '-p', scan.ports],
    // On its own subnet nmap would ask by ARP, which no flow shows.
    scan.discovers ? ['-PE', '--disable-arp-ping'] : ['-Pn'],
    scan.packetsPerSecond === null ? [] : ['--max-rate', String(scan.packetsPerSecond)],
    victims,
  ].flat();
}

function addressesOf(scan: PortScan, hosts: Hosts): string[] {
  return scan.victims.map((victim) => (victim === 'dark' ? DARK_ADDRESS : hosts[victim].ip));
}
