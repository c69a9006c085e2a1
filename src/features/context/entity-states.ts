import type { EntityReport } from './entity-report.ts';
import { clearSketch, createSketches, hitSketch } from './distinct-sketch.ts';
import {
  emptyReport,
  FACT_NEW,
  keepReport,
  peerPlaceOf,
  portPlaceOf,
  readReport,
  REPORT_WIDTH,
} from './entity-report.ts';
import { createEntityColumns, ENTITY_WIDTH } from './entity-columns.ts';
import { rankOfNewcomer, writeNewcomer } from './newcomer.ts';

// This file's own: V8 reads an imported constant anew at each use.
const WIDTH = ENTITY_WIDTH;

/** The counters of many entities, by slot. */
export interface EntityStates {
  /**
   * Counts the report for the entity in slot `located`, or in slot `~located` if that is the first of it (whoever was
   * there before is forgotten). Writes its context vector from column `offset` of `context` on, and its worth to `rank`.
   */
  count(located: number, report: EntityReport, context: Float64Array, offset: number): void;
}

/**
 * Counters in `rank.length` slots, 769 bytes each. Of an entity that was seen once only the report is kept, and its
 * counters are made from it when it comes again: a spoofed source comes once, and touches 73 bytes.
 */
export function createEntityStates(rank: Float64Array): EntityStates {
  const slots = rank.length;
  // Valid where `seenOnce` is 0.
  const columns = createEntityColumns(slots);
  const peers = createSketches(slots);
  const ports = createSketches(slots);
  // Valid where it is 1.
  const firstReports = new Float64Array(slots * REPORT_WIDTH);
  const seenOnce = new Uint8Array(slots);
  const firstReport = emptyReport();

  function count(located: number, report: EntityReport, context: Float64Array, offset: number): void {
    if (located < 0) meet(~located, report, context, offset);
    else add(located, report, context, offset);
  }

  function meet(slot: number, report: EntityReport, context: Float64Array, offset: number): void {
    seenOnce[slot] = 1;
    keepReport(report, firstReports, slot * REPORT_WIDTH);
    rank[slot] = rankOfNewcomer(report);
    writeNewcomer(report, context, offset);
  }

  function add(slot: number, report: EntityReport, context: Float64Array, offset: number): void {
    if (seenOnce[slot] === 1) unfold(slot);
    const at = slot * WIDTH;
    columns.decay(at, report.nowS);
    if ((report.facts & FACT_NEW) === 0) columns.add(at, report, 0, 0);
    else {
      const nowTenths = tenthsOf(report.nowS);
      const peerAge = hitSketch(peers, slot, peerPlaceOf(report.facts), nowTenths);
      columns.add(at, report, peerAge, hitSketch(ports, slot, portPlaceOf(report.facts), nowTenths));
    }
    rank[slot] = columns.rank(at);
    columns.write(at, context, offset);
  }

  /** Makes the counters of an entity of which only the first report was kept. */
  function unfold(slot: number): void {
    seenOnce[slot] = 0;
    readReport(firstReports, slot * REPORT_WIDTH, firstReport);
    columns.begin(slot * WIDTH, firstReport);
    clearSketch(peers, slot);
    clearSketch(ports, slot);
    if ((firstReport.facts & FACT_NEW) === 0) return;
    hitSketch(peers, slot, peerPlaceOf(firstReport.facts), tenthsOf(firstReport.nowS));
    hitSketch(ports, slot, portPlaceOf(firstReport.facts), tenthsOf(firstReport.nowS));
  }

  return { count };
}

/** The clock of the sketches; starts at 1. */
function tenthsOf(nowS: number): number {
  return Math.floor(nowS * 10) + 1;
}
