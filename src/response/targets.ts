import type { Alert } from '#core/alert.ts';
import type { ClusterView } from '#core/cluster-view.ts';
import type { IngressRef } from '#core/decision.ts';
import { rangeOf } from '#core/address-range.ts';
import type { ResponseConfig } from './config.ts';

/** The server that is attacked. */
export interface Victim {
  readonly ip: string;
  readonly port: number | null;
}

/** Whom an alert's attack is against: the entity if it is a server, else the busiest of its peers. */
export function victimOf(alert: Alert): Victim | null {
  if (alert.entity.side === 'server') return { ip: alert.entity.ip, port: alert.entity.port };
  const peer = alert.peers[0];
  return peer === undefined ? null : { ip: peer.ip, port: peer.port };
}

export function describeVictim({ ip, port }: Victim): string {
  if (port === null) return ip;
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** The reverse of `describeVictim`. */
export function parseVictim(text: string): Victim {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:]+)):(?<port>\d+)$/.exec(text);
  if (match?.groups === undefined) return { ip: text, port: null };
  return { ip: match.groups['v6'] ?? match.groups['v4'] ?? text, port: Number(match.groups['port']) };
}

/** The Ingresses that lead to the victim: what the settings say, else what the cluster says. */
export function ingressesFor(
  victim: Victim,
  targets: ResponseConfig['targets'],
  clusterView: ClusterView | null,
): IngressRef[] {
  const named = targets.filter(
    ({ address, port }) =>
      rangeOf(address)?.(victim.ip) === true && (port === null || victim.port === null || port === victim.port),
  );
  if (named.length > 0) return named.map(({ namespace, ingress }) => ({ namespace, name: ingress }));
  return clusterView?.ingressesOf(victim.ip, victim.port) ?? [];
}
