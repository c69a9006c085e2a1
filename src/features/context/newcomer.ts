/**
 * What `entity-columns.ts` says of an entity after its first report, worked out without columns: in a flood of spoofed
 * sources nearly every client is one of these.
 */
import { distinctOf } from './distinct-sketch.ts';
import * as Columns from './entity-columns.ts';
import type { EntityReport } from './entity-report.ts';
import * as Report from './entity-report.ts';

// This file's own: V8 reads an imported constant anew at each use.
const { RANK_OF_NO_FLOW, RANK_OF_ONE_FLOW } = Columns;
const { FACT_RESET, FACT_OPENED, FACT_NEW, FACT_UNESTABLISHED, FACT_UNANSWERED } = Report;

/** `rank` after `begin` with the same report, without a state. */
export function rankOfNewcomer(report: EntityReport): number {
  return ((report.facts & FACT_NEW) === 0 ? RANK_OF_NO_FLOW : RANK_OF_ONE_FLOW) + report.nowS / 60;
}

/** `write` after `begin` with the same report, without a state. */
export function writeNewcomer(report: EntityReport, into: Float64Array, offset: number): void {
  const { facts, sent, received, packets, share10, share60 } = report;
  const flows = (facts & FACT_NEW) === 0 ? 0 : 1;
  const unestablished = (facts & FACT_UNESTABLISHED) === 0 ? 0 : flows;
  const distinct = distinctOf(flows);

  into[offset] = flows;
  into[offset + 1] = flows / 10;
  into[offset + 2] = flows / 60;
  into[offset + 3] = distinct;
  into[offset + 4] = distinct;
  into[offset + 5] = distinct;
  into[offset + 6] = distinct;
  into[offset + 7] = unestablished;
  into[offset + 8] = unestablished;
  into[offset + 9] = (facts & FACT_UNANSWERED) === 0 ? 0 : flows;
  into[offset + 10] = (facts & FACT_RESET) === 0 ? 0 : flows;
  into[offset + 11] = (sent * share10) / 10;
  into[offset + 12] = (sent * share60) / 60;
  into[offset + 13] = (received * share10) / 10;
  into[offset + 14] = (received * share60) / 60;
  into[offset + 15] = packets * report.share1;
  into[offset + 16] = (packets * share10) / 10;
  into[offset + 17] = 1;
  into[offset + 18] = (facts & FACT_OPENED) === 0 ? 0 : 1;
  into[offset + 19] = flows;
  into[offset + 20] = flows;
}
