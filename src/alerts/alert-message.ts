import type { Alert } from '#core/alert.ts';
import { FAMILY_FACTS } from '#core/family.ts';
import { MOST_DISTINCT } from '#core/feature-batch.ts';
import type { Entity, Peer, Reason } from '#core/verdict.ts';

type Described = Pick<Alert, 'family' | 'entity' | 'peers' | 'reasons'>;

/**
 * One sentence for a person, e.g. "HTTP flood against shop/deployment/web (10.77.0.10:80) from 10.77.0.66: 412 new
 * flows/s, usually 3".
 */
export function messageFor(alert: Described): string {
  const { title } = FAMILY_FACTS[alert.family];
  const reason = tellingReason(alert.reasons);
  const who = alert.entity.side === 'server' ? againstServer(alert) : byClient(alert);
  return `${title} ${who}${reason === undefined ? '' : `: ${describeReason(reason)}`}`;
}

/** A reason in words, e.g. "412 new flows/s over 1 s, usually 3" or "98 % of flows never established over 10 s, usually 1 %". */
export function describeReason({ feature, value, usual }: Reason): string {
  const share = /^share of (.+)$/.exec(feature)?.[1];
  if (share !== undefined) return `${percent(value)} of ${share}, usually ${percent(usual)}`;
  const isEndOfCount = DISTINCT.test(feature) && Math.round(value) >= MOST_DISTINCT;
  const count = isEndOfCount ? `${MOST_DISTINCT} or more` : amount(value);
  if (COUNTED.test(feature)) return `${count} ${feature}, usually ${amount(usual)}`;
  return `${feature}: ${amount(value)}, usually ${amount(usual)}`;
}

/** An entity by its workload's name and its address. */
export function describeEntity({ ip, port, workload }: Entity): string {
  const address = port === null || port === 0 ? ip : `${bracketed(ip)}:${port}`;
  return workload === null ? address : `${workload} (${address})`;
}

/** The other side in a few words: "10.0.0.1", "10.0.0.1 and 3 others", "10.0.0.1 (12 ports)". */
export function describePeers(peers: readonly Peer[]): string {
  const ips = [...new Set(peers.map(({ ip }) => ip))];
  const [first] = ips;
  if (first === undefined) return 'nobody in particular';
  // An alert lists 50 peers at most, so that many may be more.
  const more = peers.length >= 50 ? ' or more' : '';
  if (ips.length > 1) return `${first} and ${ips.length - 1}${more} other${ips.length === 2 ? '' : 's'}`;
  return peers.length > 1 ? `${first} (${peers.length}${more} ports)` : first;
}

function againstServer({ entity, peers }: Described): string {
  return `against ${describeEntity(entity)} from ${describePeers(peers)}`;
}

function byClient({ entity, peers }: Described): string {
  return `by ${describeEntity(entity)} against ${describePeers(peers)}`;
}

/** Features whose name reads on after a number: "412 new flows/s". */
const COUNTED = /^(new|distinct|packets|flows|requests|connections|bytes)\b/;

const DISTINCT = /^distinct \w+( ports)? over/;

/** A count says more to a person than a mean or a variation. */
function tellingReason(reasons: readonly Reason[]): Reason | undefined {
  return reasons.find(({ feature }) => COUNTED.test(feature)) ?? reasons[0];
}

function percent(share: number): string {
  return `${amount(share * 100)} %`;
}

function amount(value: number): string {
  const digits = Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}
