import type { FeatureBatch } from '#core/feature-batch.ts';
import { CIC_WIDTH, FLOW_ENDINGS } from '#core/feature-batch.ts';
import * as Report from './entity-report.ts';

/** What happened in one flow since its previous report. */
export interface FlowProgress {
  fwdBytes: number;
  bwdBytes: number;
  packets: number;
  /** Seconds over which it happened. */
  spanS: number;
  /** The bits FACT_* of entity-report.ts. */
  facts: number;
}

/** CIC columns that are read here, by position in the CIC vector. */
const DURATION_US = 0;
const FWD_PACKETS = 1;
const BWD_PACKETS = 2;
const FWD_BYTES = 3;
const BWD_BYTES = 4;
const RST_FLAGS = 46;
const ACK_FLAGS = 48;

export const CIC_COLUMNS_READ = {
  durationUs: DURATION_US,
  fwdPackets: FWD_PACKETS,
  bwdPackets: BWD_PACKETS,
  fwdBytes: FWD_BYTES,
  bwdBytes: BWD_BYTES,
  rstFlags: RST_FLAGS,
  ackFlags: ACK_FLAGS,
} as const;

/**
 * Fills the record from a row whose flow has this 32-bit hash. False if the row holds a start or a payload that is no
 * finite number.
 */
export type ReadFlowProgress = (batch: FeatureBatch, row: number, flowHash: number, into: FlowProgress) => boolean;

// This file's own: V8 reads an imported constant anew at each use.
const { FACT_RESET, FACT_OPENED, FACT_ENDED, FACT_NEW, FACT_UNESTABLISHED, FACT_UNANSWERED } = Report;
const WIDTH = CIC_WIDTH;
const TCP = 6;
const SNAPSHOT = FLOW_ENDINGS.indexOf('snapshot');
const REMEMBERED = 65_536;
const COLUMNS = 5;

/**
 * Reports hold totals, counters need what is new. The totals of open flows are kept in a direct-mapped cache (3.1 MB);
 * a flow that was pushed out of it counts as having done half of its work since, for reports come at doubling ages.
 */
export function createFlowProgress(): ReadFlowProgress {
  const fingerprints = new Float64Array(REMEMBERED);
  const totals = new Float64Array(REMEMBERED * COLUMNS);

  return (batch, row, flowHash, into) => {
    const at = row * WIDTH;
    const { cic } = batch;
    const startUs = batch.startUs[row];
    const fwdBytes = finiteOrZero(cic[at + FWD_BYTES]);
    const bwdBytes = finiteOrZero(cic[at + BWD_BYTES]);
    const packets = finiteOrZero(cic[at + FWD_PACKETS]) + finiteOrZero(cic[at + BWD_PACKETS]);
    const durationS = finiteOrZero(cic[at + DURATION_US]) / 1e6;
    const reset = cic[at + RST_FLAGS] > 0 ? 1 : 0;
    const open = batch.ending[row] === SNAPSHOT;

    const slot = flowHash & (REMEMBERED - 1);
    // The start time makes two flows of one 5-tuple different, and the upper hash bits two flows of one slot.
    const fingerprint = startUs + (flowHash >>> 16) / 65_536;
    const known = slot * COLUMNS;

    if (batch.report[row] === 0) {
      into.fwdBytes = fwdBytes;
      into.bwdBytes = bwdBytes;
      into.packets = packets;
      into.spanS = durationS;
      into.facts =
        (open ? FACT_OPENED : 0) |
        (reset > 0 ? FACT_RESET : 0) |
        firstFacts(batch.protocol[row], cic[at + BWD_PACKETS], cic[at + ACK_FLAGS]);
    } else if (fingerprints[slot] === fingerprint) {
      into.fwdBytes = Math.max(0, fwdBytes - totals[known]);
      into.bwdBytes = Math.max(0, bwdBytes - totals[known + 1]);
      into.packets = Math.max(0, packets - totals[known + 2]);
      into.spanS = Math.max(0, durationS - totals[known + 3]);
      into.facts = (open ? 0 : FACT_ENDED) | (reset > totals[known + 4] ? FACT_RESET : 0);
    } else {
      into.fwdBytes = fwdBytes / 2;
      into.bwdBytes = bwdBytes / 2;
      into.packets = packets / 2;
      into.spanS = durationS / 2;
      into.facts = open ? 0 : FACT_ENDED;
    }
    if (open) {
      fingerprints[slot] = fingerprint;
      totals[known] = fwdBytes;
      totals[known + 1] = bwdBytes;
      totals[known + 2] = packets;
      totals[known + 3] = durationS;
      totals[known + 4] = reset;
    }
    return Number.isFinite(startUs + cic[at + FWD_BYTES]);
  };
}

/** An empty record to be filled by the function above. */
export function emptyProgress(): FlowProgress {
  return { fwdBytes: 0, bwdBytes: 0, packets: 0, spanS: 0, facts: 0 };
}

/** The value, or 0 where it is NaN or infinite. */
export function finiteOrZero(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/**
 * A TCP flow counts as not established while no third packet of a handshake was seen, nor two sides that talk: every
 * packet of the answering side has ACK set, so an ACK beyond those is the client's. Other protocols: while unanswered.
 */
function firstFacts(protocol: number, answers: number, acks: number): number {
  if (!(answers > 0)) return FACT_NEW | FACT_UNESTABLISHED | FACT_UNANSWERED;
  return protocol === TCP && !(acks > answers) ? FACT_NEW | FACT_UNESTABLISHED : FACT_NEW;
}
