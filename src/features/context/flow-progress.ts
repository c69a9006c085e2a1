import type { FeatureBatch } from '#core/feature-batch.ts';
import { CIC_WIDTH, FLOW_ENDINGS } from '#core/feature-batch.ts';
import { hashOfAddress } from './distinct-sketch.ts';

/** What happened in one flow since its previous report. */
export interface FlowProgress {
  fwdBytes: number;
  bwdBytes: number;
  packets: number;
  /** Seconds over which it happened. */
  spanS: number;
  /** 1 if the flow was reset since then. */
  resets: number;
  /** Change of the number of open flows: 1, 0, -1. */
  opened: number;
}

/** CIC columns that are read here, by position in the CIC vector. */
export const CIC_COLUMNS_READ = {
  durationUs: 0,
  fwdPackets: 1,
  bwdPackets: 2,
  fwdBytes: 3,
  bwdBytes: 4,
  rstFlags: 46,
  ackFlags: 48,
} as const;

const SNAPSHOT = FLOW_ENDINGS.indexOf('snapshot');
const REMEMBERED = 65_536;
const COLUMNS = 5;

/**
 * Reports hold totals, counters need what is new. The totals of open flows are kept in a direct-mapped cache; a flow
 * that was pushed out of it counts as having done half of its work since, for reports come at doubling ages.
 */
export function createFlowProgress(): (batch: FeatureBatch, row: number, into: FlowProgress) => void {
  const fingerprints = new Float64Array(REMEMBERED);
  const totals = new Float64Array(REMEMBERED * COLUMNS);

  return (batch, row, into) => {
    const cic = row * CIC_WIDTH;
    const fwdBytes = finiteOrZero(batch.cic[cic + CIC_COLUMNS_READ.fwdBytes]);
    const bwdBytes = finiteOrZero(batch.cic[cic + CIC_COLUMNS_READ.bwdBytes]);
    const packets =
      finiteOrZero(batch.cic[cic + CIC_COLUMNS_READ.fwdPackets]) +
      finiteOrZero(batch.cic[cic + CIC_COLUMNS_READ.bwdPackets]);
    const durationS = finiteOrZero(batch.cic[cic + CIC_COLUMNS_READ.durationUs]) / 1e6;
    const reset = batch.cic[cic + CIC_COLUMNS_READ.rstFlags] > 0 ? 1 : 0;
    const open = batch.ending[row] === SNAPSHOT;
    const first = batch.report[row] === 0;

    const hash = hashOfFlow(batch, row);
    const slot = hash & (REMEMBERED - 1);
    // The start time makes two flows of one 5-tuple different, and the upper hash bits two flows of one slot.
    const fingerprint = batch.startUs[row] + (hash >>> 16) / 65_536;
    const at = slot * COLUMNS;

    into.opened = first ? (open ? 1 : 0) : open ? 0 : -1;
    if (first) {
      into.fwdBytes = fwdBytes;
      into.bwdBytes = bwdBytes;
      into.packets = packets;
      into.spanS = durationS;
      into.resets = reset;
    } else if (fingerprints[slot] === fingerprint) {
      into.fwdBytes = Math.max(0, fwdBytes - totals[at]);
      into.bwdBytes = Math.max(0, bwdBytes - totals[at + 1]);
      into.packets = Math.max(0, packets - totals[at + 2]);
      into.spanS = Math.max(0, durationS - totals[at + 3]);
      into.resets = Math.max(0, reset - totals[at + 4]);
    } else {
      into.fwdBytes = fwdBytes / 2;
      into.bwdBytes = bwdBytes / 2;
      into.packets = packets / 2;
      into.spanS = durationS / 2;
      into.resets = 0;
    }
    if (!open) return;
    fingerprints[slot] = fingerprint;
    totals[at] = fwdBytes;
    totals[at + 1] = bwdBytes;
    totals[at + 2] = packets;
    totals[at + 3] = durationS;
    totals[at + 4] = reset;
  };
}

/** An empty record to be filled by the function above. */
export function emptyProgress(): FlowProgress {
  return { fwdBytes: 0, bwdBytes: 0, packets: 0, spanS: 0, resets: 0, opened: 0 };
}

/** The value, or 0 where it is NaN or infinite. */
export function finiteOrZero(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function hashOfFlow(batch: FeatureBatch, row: number): number {
  const addresses =
    Math.imul(hashOfAddress(batch.clientAddress, row * 16), 31) ^ hashOfAddress(batch.serverAddress, row * 16);
  const ports = Math.imul((batch.clientPort[row] << 16) | batch.serverPort[row], 0x9e3779b1) ^ batch.protocol[row];
  let h = Math.imul(addresses ^ ports, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
