import type { Alert } from '#core/alert.ts';
import { FAMILY_FACTS, type Family } from '#core/family.ts';
import type { Entity, Peer, Reason } from '#core/verdict.ts';
import { describeReason } from '#core/reason-words.ts';

/** What the sentence is made of. */
type Described = Pick<Alert, 'family' | 'entity' | 'peers' | 'reasons'>;

/**
 * One sentence for a person, e.g. "HTTP flood against shop/deployment/web (10.77.0.10:80) from 10.77.0.66: 412 new
 * flows/s, usually 3".
 */
export function messageFor(alert: Described): string {
  const { title } = FAMILY_FACTS[alert.family];
  const reason = tellingReason(alert);
  const who = alert.entity.side === 'server' ? againstServer(alert) : byClient(alert);
  return `${title} ${who}${reason === undefined ? '' : `: ${describeReason(reason)}`}`;
}

/** An entity by its workload's name and its address. */
export function describeEntity({ ip, port, workload }: Entity): string {
  const address = port === null || port === 0 ? ip : `${bracketed(ip)}:${port}`;
  return workload === null ? address : `${workload} (${address})`;
}

/** The other side in a few words: "10.0.0.1:22", "10.0.0.1 and 3 others", "10.0.0.1 (12 ports)". */
export function describePeers(peers: readonly Peer[]): string {
  const ips = [...new Set(peers.map(({ ip }) => ip))];
  const [first] = ips;
  if (first === undefined) return 'nobody in particular';
  // An alert lists 50 peers at most, so that many may be more.
  const more = peers.length >= 50 ? ' or more' : '';
  if (ips.length > 1) return `${first} and ${ips.length - 1}${more} other${ips.length === 2 ? '' : 's'}`;
  if (peers.length > 1) return `${first} (${peers.length}${more} ports)`;
  return describeEntity({ side: 'server', ip: first, port: peers[0]?.port ?? null, workload: null });
}

function againstServer({ entity, peers }: Described): string {
  return `against ${describeEntity(entity)} from ${describePeers(peers)}`;
}

function byClient({ family, entity, peers }: Described): string {
  const [by, against] = CLIENT_WORDS[family] ?? ['by', 'against'];
  return `${by} ${describeEntity(entity)} ${against} ${describePeers(peers)}`;
}

/** Nobody is attacked by what goes out. */
const CLIENT_WORDS: Readonly<Partial<Record<Family, readonly [by: string, against: string]>>> = {
  'dns-tunnel': ['from', 'through'],
  beacon: ['from', 'to'],
  exfiltration: ['from', 'to'],
  'reverse-shell': ['from', 'to'],
  unknown: ['from', 'to'],
};

/** What says most about each family: a person asks how much was carried away, and how evenly a beacon calls. */
const TELLING: Readonly<Partial<Record<Family, readonly RegExp[]>>> = {
  'syn-flood': [/^new flows/, /^packets\/s/, /never established/],
  'udp-flood': [/^packets\/s/, /^new flows/, /^payload/],
  'icmp-flood': [/^packets\/s/, /^new flows/, /^payload/],
  'slow-dos': [/^flows open at once/, /^flow duration/],
  'port-scan': [/^distinct peer ports over/, /^distinct peer ports/],
  'host-sweep': [/^distinct peers over/, /^distinct peers/],
  'dns-tunnel': [/^payload/, /^new flows/],
  beacon: [/^variation of the gaps/],
  exfiltration: [/^payload sent/, /^payload from client/, /^payload/],
  'reverse-shell': [/^flow duration/, /^payload/],
};

/** Rates say more to a person than means and variations. */
const RATE = /^(new|distinct|packets|flows|payload)\b/;

function tellingReason({ family, reasons }: Described): Reason | undefined {
  for (const pattern of [...(TELLING[family] ?? []), RATE]) {
    const found = reasons.find(({ feature }) => pattern.test(feature));
    if (found !== undefined) return found;
  }
  return reasons[0];
}

function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}
