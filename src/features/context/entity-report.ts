/**
 * What one side learns from one row. A record serves every row and changes in place; it can be kept as a few doubles,
 * from which it is read again.
 */
export interface EntityReport {
  /** Seconds since the first row: never decreasing, always finite. */
  nowS: number;
  /** When the flow started, in the same seconds. */
  startS: number;
  /** What is left now, by time constant, of what came evenly over the time since the flow's previous report. */
  share1: number;
  share10: number;
  share60: number;
  /** Payload bytes since then. */
  sent: number;
  received: number;
  packets: number;
  /** An integer: the bits FACT_*, and the places that `withPlaces` adds. */
  facts: number;
}

/** The flow was reset since its previous report. */
export const FACT_RESET = 1;
/** It counts as open from now on; it does no longer. */
export const FACT_OPENED = 2;
export const FACT_ENDED = 4;
/** Its first report; the facts that follow are for this one only. */
export const FACT_NEW = 8;
export const FACT_UNESTABLISHED = 16;
export const FACT_UNANSWERED = 32;

const PEER_SHIFT = 6;
const PORT_SHIFT = 12;
const PLACE = 63;

/** Doubles that a kept report takes. */
export const REPORT_WIDTH = 9;

/** An empty record to be filled. */
export function emptyReport(): EntityReport {
  return { nowS: 0, startS: 0, share1: 1, share10: 1, share60: 1, sent: 0, received: 0, packets: 0, facts: 0 };
}

/** Adds where the sketches are hit, by well-mixed hashes of the other side's address and port. */
export function withPlaces(facts: number, peerHash: number, portHash: number): number {
  return facts | ((peerHash & PLACE) << PEER_SHIFT) | ((portHash & PLACE) << PORT_SHIFT);
}

/** Slot, 0 to 63, of the sketch of peers. */
export function peerPlaceOf(facts: number): number {
  return (facts >>> PEER_SHIFT) & PLACE;
}

/** Slot, 0 to 63, of the sketch of peer ports. */
export function portPlaceOf(facts: number): number {
  return (facts >>> PORT_SHIFT) & PLACE;
}

/** Writes the report to `kept` from column `at` on. */
export function keepReport(report: EntityReport, kept: Float64Array, at: number): void {
  kept[at] = report.nowS;
  kept[at + 1] = report.startS;
  kept[at + 2] = report.share1;
  kept[at + 3] = report.share10;
  kept[at + 4] = report.share60;
  kept[at + 5] = report.sent;
  kept[at + 6] = report.received;
  kept[at + 7] = report.packets;
  kept[at + 8] = report.facts;
}

/** Reads a kept report into the record. */
export function readReport(kept: Float64Array, at: number, into: EntityReport): void {
  into.nowS = kept[at];
  into.startS = kept[at + 1];
  into.share1 = kept[at + 2];
  into.share10 = kept[at + 3];
  into.share60 = kept[at + 4];
  into.sent = kept[at + 5];
  into.received = kept[at + 6];
  into.packets = kept[at + 7];
  into.facts = kept[at + 8];
}
