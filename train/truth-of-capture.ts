import type { Family } from '#core/family.ts';
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { Truth } from '../lab/truth.ts';
import type { InventedCapture } from './synthetic/capture.ts';
import { formatAddress } from '#core/address.ts';
import { familyOf } from '../lab/truth.ts';

/** What a flow really was: the family of its attack, if the flow runs from the attacker to the victim, or backwards. */
export interface RowTruth {
  readonly family: Family | null;
  /** The victim seems to be the client: a late answer that opened a flow of its own. */
  readonly reversed: boolean;
}

/** Says of a row of a batch what it really was. */
export type TruthOfRow = (batch: FeatureBatch, row: number) => RowTruth;

const ORDINARY: RowTruth = { family: null, reversed: false };

/** The truth of a run of the lab. */
export function truthOfRun(truth: Truth): TruthOfRow {
  if (truth.attacks.length === 0) return () => ORDINARY;
  const victims = new Set(truth.attacks.flatMap((attack) => attack.victims.map(({ ip }) => ip)));

  return (batch, row) => {
    const clientIp = formatAddress(batch.clientAddress, row * 16);
    const serverIp = formatAddress(batch.serverAddress, row * 16);
    const family = familyOf(truth, {
      clientIp,
      serverIp,
      clientPort: batch.clientPort[row],
      serverPort: batch.serverPort[row],
      protocol: batch.protocol[row],
      startUs: batch.startUs[row],
    });
    return family ? { family, reversed: victims.has(clientIp) && !victims.has(serverIp) } : ORDINARY;
  };
}

/** The truth of an invented capture. */
export function truthOfInvention({ attacks }: InventedCapture): TruthOfRow {
  return (batch, row) => {
    const client = ipv4At(batch.clientAddress, row * 16);
    const server = ipv4At(batch.serverAddress, row * 16);
    for (const { family, attackers, victims, port, protocol, startUs, endUs } of attacks) {
      if (batch.protocol[row] !== protocol || batch.startUs[row] < startUs || batch.startUs[row] > endUs) continue;
      const runs = (from: number, to: number, toPort: number) =>
        victims.includes(to) &&
        (attackers.length === 0 || attackers.includes(from)) &&
        (port === null || port === toPort);
      if (runs(client, server, batch.serverPort[row])) return { family, reversed: false };
      if (runs(server, client, batch.clientPort[row])) return { family, reversed: true };
    }
    return ORDINARY;
  };
}

function ipv4At(bytes: Uint8Array, offset: number): number {
  const at = offset + 12;
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
