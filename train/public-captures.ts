/** Well-known test captures of other projects, by file name, and what a person finds in them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '#core/family.ts';
import type { FeatureBatch } from '#core/feature-batch.ts';
import { formatAddress } from '#core/address.ts';
import { runPacketFile } from '#roles/packet-path.ts';
import { REPEATABLE } from './lab-runs.ts';
import type { TestCapture } from './evaluate-split.ts';

/** Files that hold an attack that flows can show. All others count as ordinary, but for those in UNCLEAR. */
const ATTACKS: Readonly<Record<string, Family>> = {
  'dns-tunnel-iodine': 'dns-tunnel',
  dns2tcp_tunnel: 'dns-tunnel',
  dns_exfiltration: 'dns-tunnel',
  'icmp-tunnel': 'exfiltration',
  synscan: 'port-scan',
  tcp_scan: 'port-scan',
  'nmap-ss': 'port-scan',
  'nmap-a-t4': 'port-scan',
  dhcp_dhcp_flood: 'udp-flood',
  ftp_bruteforce: 'brute-force',
  ssh_sshguess: 'brute-force',
  WebattackSQLinj: 'web-attack',
  WebattackRCE: 'web-attack',
};
/** An attack that is one request or one download, or that may be either. */
const UNCLEAR: ReadonlySet<string> = new Set([
  'bot',
  'emotet',
  'log4j-webapp-exploit',
  'malware',
  'quic_merlinc2_Zeek_example',
  'shell',
  'sql_injection',
  'tls_heartbleed-encrypted-success',
  'tls_heartbleed-success',
  'trickbot',
  'xss',
  'websocket_wstunnel-https',
  'websocket_wstunnel-ssh',
  'monero',
]);

const CAPTURE = /\.(pcap|pcapng|cap)(\.gz)?$/;

/** Every capture in the folder and the folders in it, each as a test of its own. */
export function publicCaptures(directory: string): TestCapture[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => CAPTURE.test(name));
  return names
    .toSorted((a, b) => a.localeCompare(b))
    .flatMap((name) => {
      const title = (name.split('/').at(-1) ?? name).replace(CAPTURE, '');
      if (UNCLEAR.has(title)) return [];
      const family = ATTACKS[title] ?? null;
      return [
        {
          scenario: title,
          family,
          isLookAlike: false,
          periodS: null,
          machines: 2,
          hours: 0,
          load: () => read(join(directory, name), family),
        },
      ];
    });
}

function read(path: string, family: Family | null): ReturnType<TestCapture['load']> {
  const batches: FeatureBatch[] = [];
  const ips = new Set<string>();
  let startUs = Infinity;
  runPacketFile({
    path,
    expiry: 'live',
    settings: REPEATABLE,
    onBatch: (batch) => {
      batches.push(structuredClone(batch));
      for (let row = 0; row < batch.count; row++) {
        ips.add(formatAddress(batch.clientAddress, row * 16)).add(formatAddress(batch.serverAddress, row * 16));
        startUs = Math.min(startUs, batch.startUs[row]);
      }
    },
  });
  // Who did what is not known: everybody in the capture is a party to it.
  const attack = family && {
    family,
    startUs,
    endUs: Infinity,
    packets: 0,
    attackers: [...ips],
    victims: [],
    fiveTuples: [],
  };
  return {
    batches,
    truthOfRow: () => ({ family, reversed: false }),
    attacks: attack ? [attack] : [],
    hosts: [],
  };
}
