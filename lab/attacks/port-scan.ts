import type { Hosts } from '../addresses.ts';
import { IPPROTO } from '../protocol.ts';
import type { Attack, TimeWindow } from '../scenario.ts';

/** One nmap run from one attacker. */
export interface PortScan {
  readonly attacker: number;
  /** `dark`: an address behind the gateway, where a firewall swallows everything. */
  readonly victims: readonly ('web' | 'app' | 'dns' | 'monitor' | 'dark')[];
  /**
   * syn: half-open, from one source port. connect: whole handshakes. null, fin, xmas: packets that open nothing. udp:
   * datagrams. version: syn, then a talk with whatever is open.
   */
  readonly technique: keyof typeof FLAG;
  /** nmap's own template: 2 waits 0.4 s between probes, 5 waits for nothing. */
  readonly timing: 2 | 3 | 4 | 5;
  /** nmap's port specification, e.g. `1-1000` or `22,80,443`. */
  readonly ports: string;
  /** Probes per second at most; null leaves it to the template. */
  readonly packetsPerSecond: number | null;
  /** Whether nmap asks first if the victim is there (ICMP echo). */
  readonly discovers: boolean;
}

const FLAG = {
  syn: ['-sS'],
  connect: ['-sT'],
  null: ['-sN'],
  fin: ['-sF'],
  xmas: ['-sX'],
  udp: ['-sU'],
  version: ['-sS', '-sV', '--version-intensity', '4'],
} as const;

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
      const victims = addressesOf(scan, hosts);
      return {
        attackers: [src],
        victims: victims.map((ip) => ({ ip, port: null })),
        fiveTuples: victims.flatMap((dst) =>
          protocolsOf(scan).map((protocol) => ({ src, srcPort: null, dst, dstPort: null, protocol })),
        ),
      };
    },
  };
}

/** A closed UDP port answers with ICMP, a flow of its own between the same two. */
function protocolsOf(scan: PortScan): number[] {
  if (scan.technique === 'udp') return [IPPROTO.udp, IPPROTO.icmp];
  return scan.discovers ? [IPPROTO.tcp, IPPROTO.icmp] : [IPPROTO.tcp];
}

function nmapCommand(scan: PortScan, victims: readonly string[]): string[] {
  return [
    ['nmap', '-n', ...FLAG[scan.technique], `-T${scan.timing}`, '-p', scan.ports],
    // On its own subnet nmap would ask by ARP, which no flow shows.
    scan.discovers ? ['-PE', '--disable-arp-ping'] : ['-Pn'],
    scan.packetsPerSecond === null ? [] : ['--max-rate', String(scan.packetsPerSecond)],
    victims,
  ].flat();
}

function addressesOf(scan: PortScan, hosts: Hosts): string[] {
  return scan.victims.map((victim) => (victim === 'dark' ? DARK_ADDRESS : hosts[victim].ip));
}
