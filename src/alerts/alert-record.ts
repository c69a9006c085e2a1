import type { Alert } from '#core/alert.ts';
import { FAMILY_FACTS } from '#core/family.ts';
import { messageFor } from './alert-message.ts';
import { type Attack, firstUsOf, flowsOf, peersOf, servicePortOf } from './attack.ts';

/** What an attack's alert has that its packets do not tell. */
export interface AlertContext {
  readonly status: Alert['status'];
  /** When it was raised, ISO 8601. */
  readonly timestamp: string;
  /** Wall-clock milliseconds of a packet time in microseconds. */
  readonly toWallMs: (packetUs: number) => number;
  readonly workloadOf: (ip: string) => string | null;
}

/** The alert as it stands now. */
export function alertOf(attack: Attack, { status, timestamp, toWallMs, workloadOf }: AlertContext): Alert {
  const { family, side, ip } = attack;
  const { severity, technique } = FAMILY_FACTS[family];
  const workload = attack.workloads.get(ip) ?? workloadOf(ip);
  const entity = { side, ip, port: servicePortOf(attack), workload };
  const peers = peersOf(attack);
  const reasons = [...attack.reasons];
  return {
    id: attack.id,
    family,
    severity,
    technique,
    status,
    message: messageFor({ family, entity, peers, reasons }),
    timestamp,
    entity,
    peers,
    score: attack.score,
    threshold: attack.threshold,
    pValue: attack.pValue,
    firstSeen: isoOf(toWallMs(firstUsOf(attack))),
    lastSeen: isoOf(toWallMs(attack.lastUs)),
    flows: flowsOf(attack),
    verdicts: attack.verdicts,
    reasons,
  };
}

export function isoOf(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
