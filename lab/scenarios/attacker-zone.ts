import type { NameServerPlace } from '../attacks/name-server.ts';
import type { Random } from '../random.ts';
import { FORWARDED_ZONE } from '../servers/dnsmasq.ts';
import type { AttackParts } from './attack-plan.ts';

/** An attacker's domain, where its name server is, and what that takes. */
export interface AttackerZone {
  readonly place: NameServerPlace;
  readonly zone: string;
  readonly parts: Pick<AttackParts, 'services' | 'targets' | 'looksLike'>;
}

/** Draws them; the cluster's resolver knows the way to one zone only. */
export function drawAttackerZone(random: Random): AttackerZone {
  const place = random.pick(['outside', 'inside', 'relayed', 'relayed'] as const);
  const first = random.pick(['t', 'x', 'cdn', 'd', 'api', 'update', 'img', 'ns1']);
  const second = random.pick(['example', 'test', 'telemetry-sync', 'cloud-assets', 'kq7', 'fastlane-metrics']);
  const top = random.pick(['com', 'net', 'io', 'org']);
  return {
    place,
    zone: place === 'relayed' ? `${first}.${FORWARDED_ZONE}` : `${first}.${second}.${top}`,
    parts: {
      services: place === 'inside' ? [] : ['remote'],
      targets: place === 'inside' ? 1 : 0,
      looksLike: place === 'relayed' ? ['look-ups'] : [],
    },
  };
}
