import { distinctOf, lostOver10, lostOver60, NEVER } from './distinct-sketch.ts';
import type { EntityReport } from './entity-report.ts';
import * as Report from './entity-report.ts';

// The columns. They are this file's own, not imported: V8 reads an imported constant anew at each use, and these are used
// for every row. Damped sums unless said otherwise; the number is the time constant in seconds.
const LAST_S = 0;
const FLOWS_1 = 1;
const PACKETS_1 = 2;
const FLOWS_10 = 3;
const UNESTABLISHED_10 = 4;
const UNANSWERED_10 = 5;
const RESETS_10 = 6;
const SENT_10 = 7;
const RECEIVED_10 = 8;
const PACKETS_10 = 9;
const FLOWS_60 = 10;
const UNESTABLISHED_60 = 11;
const SENT_60 = 12;
const RECEIVED_60 = 13;
// Damped slots in use of the sketches (distinct-sketch.ts).
const PEERS_10 = 14;
const PEERS_60 = 15;
const PORTS_10 = 16;
const PORTS_60 = 17;
// Not damped: flows since the entity is known, flows open now, start of the newest, moments of the gaps.
const FLOWS_EVER = 18;
const OPEN = 19;
const PREVIOUS_START_S = 20;
const GAP_MEAN = 21;
const GAP_SQUARE = 22;
const WIDTH = 23;

/** Columns of one entity. */
export const ENTITY_WIDTH = WIDTH;

const { FACT_RESET, FACT_OPENED, FACT_ENDED, FACT_NEW, FACT_UNESTABLISHED, FACT_UNANSWERED } = Report;

/** From this many flows on, "per flow" ratios divide by it, since the sketch cannot count further. */
const SKETCH_FLOWS = 200;
/** Before this many flows nothing is said about their regularity: it counts as random arrival (1). */
const FLOWS_FOR_REGULARITY = 5;
/** Keeps the logarithm finite; an entity without a flow of its own ranks lowest. */
const RANK_FLOOR = 1e-3;
/** The share of the rank that an entity's flows give, where it has no flow or a single new one. */
export const RANK_OF_NO_FLOW = Math.log(RANK_FLOOR);
export const RANK_OF_ONE_FLOW = Math.log(1 + RANK_FLOOR);

/** The counters of many entities, by the column that `at` says: ENTITY_WIDTH times the slot. */
export interface EntityColumns {
  /** Sets the columns of an entity that had this report and none before. */
  begin(at: number, report: EntityReport): void;
  /** Lets the sums decay to `nowS`, which never lies before the last time. */
  decay(at: number, nowS: number): void;
  /**
   * Adds a report. The ages, in tenths of a second, are those of the sketches' slots that it hits; they count for the
   * first report of a flow only.
   */
  add(at: number, report: EntityReport, peerAge: number, portAge: number): void;
  /** What the entity is worth when another wants its place; ranks of different times compare as if decayed to one. */
  rank(at: number): number;
  /** Writes the context vector, in the order of CONTEXT_FEATURES. */
  write(at: number, into: Float64Array, offset: number): void;
}

/** Columns for `slots` entities, 184 bytes each. */
export function createEntityColumns(slots: number): EntityColumns {
  const state = new Float64Array(slots * WIDTH);

  function begin(at: number, report: EntityReport): void {
    // A loop, for a call of fill() costs more than 23 stores.
    for (let column = 0; column < WIDTH; column++) state[at + column] = 0;
    state[at + LAST_S] = report.nowS;
    add(at, report, NEVER, NEVER);
  }

  function decay(at: number, nowS: number): void {
    const dt = nowS - state[at + LAST_S];
    if (!(dt > 0)) return;
    state[at + LAST_S] = nowS;

    const keep1 = Math.exp(-dt);
    state[at + FLOWS_1] *= keep1;
    state[at + PACKETS_1] *= keep1;

    const keep10 = Math.exp(-dt / 10);
    for (let column = at + FLOWS_10; column <= at + PACKETS_10; column++) state[column] *= keep10;
    state[at + PEERS_10] *= keep10;
    state[at + PORTS_10] *= keep10;

    const keep60 = Math.exp(-dt / 60);
    for (let column = at + FLOWS_60; column <= at + RECEIVED_60; column++) state[column] *= keep60;
    state[at + PEERS_60] *= keep60;
    state[at + PORTS_60] *= keep60;
  }

  function add(at: number, report: EntityReport, peerAge: number, portAge: number): void {
    const { facts, sent, received, packets, share10, share60 } = report;
    state[at + SENT_10] += sent * share10;
    state[at + SENT_60] += sent * share60;
    state[at + RECEIVED_10] += received * share10;
    state[at + RECEIVED_60] += received * share60;
    state[at + PACKETS_1] += packets * report.share1;
    state[at + PACKETS_10] += packets * share10;
    if ((facts & FACT_RESET) !== 0) state[at + RESETS_10] += 1;
    if ((facts & FACT_OPENED) !== 0) state[at + OPEN] += 1;
    else if ((facts & FACT_ENDED) !== 0) state[at + OPEN] = Math.max(0, state[at + OPEN] - 1);
    if ((facts & FACT_NEW) === 0) return;

    addFlow(at, report.startS, facts);
    state[at + PEERS_10] += lostOver10(peerAge);
    state[at + PEERS_60] += lostOver60(peerAge);
    state[at + PORTS_10] += lostOver10(portAge);
    state[at + PORTS_60] += lostOver60(portAge);
  }

  function addFlow(at: number, startS: number, facts: number): void {
    state[at + FLOWS_1] += 1;
    state[at + FLOWS_10] += 1;
    state[at + FLOWS_60] += 1;
    if ((facts & FACT_UNESTABLISHED) !== 0) {
      state[at + UNESTABLISHED_10] += 1;
      state[at + UNESTABLISHED_60] += 1;
    }
    if ((facts & FACT_UNANSWERED) !== 0) state[at + UNANSWERED_10] += 1;

    const flows = state[at + FLOWS_EVER] + 1;
    state[at + FLOWS_EVER] = flows;
    if (flows > 1) {
      const gapS = Math.abs(startS - state[at + PREVIOUS_START_S]);
      const weight = Math.max(0.1, 1 / (flows - 1));
      state[at + GAP_MEAN] += weight * (gapS - state[at + GAP_MEAN]);
      state[at + GAP_SQUARE] += weight * (gapS * gapS - state[at + GAP_SQUARE]);
    }
    state[at + PREVIOUS_START_S] = startS;
  }

  function rank(at: number): number {
    const flows = state[at + FLOWS_60];
    return Math.log(flows + RANK_FLOOR) + state[at + LAST_S] / 60;
  }

  function write(at: number, into: Float64Array, offset: number): void {
    const flows10 = state[at + FLOWS_10];
    const flows60 = state[at + FLOWS_60];
    const peers10 = distinctOf(state[at + PEERS_10]);
    const ports10 = distinctOf(state[at + PORTS_10]);

    into[offset] = state[at + FLOWS_1];
    into[offset + 1] = flows10 / 10;
    into[offset + 2] = flows60 / 60;
    into[offset + 3] = peers10;
    into[offset + 4] = distinctOf(state[at + PEERS_60]);
    into[offset + 5] = ports10;
    into[offset + 6] = distinctOf(state[at + PORTS_60]);
    into[offset + 7] = shareOf(state[at + UNESTABLISHED_10], flows10);
    into[offset + 8] = shareOf(state[at + UNESTABLISHED_60], flows60);
    into[offset + 9] = shareOf(state[at + UNANSWERED_10], flows10);
    into[offset + 10] = shareOf(state[at + RESETS_10], flows10);
    into[offset + 11] = state[at + SENT_10] / 10;
    into[offset + 12] = state[at + SENT_60] / 60;
    into[offset + 13] = state[at + RECEIVED_10] / 10;
    into[offset + 14] = state[at + RECEIVED_60] / 60;
    into[offset + 15] = state[at + PACKETS_1];
    into[offset + 16] = state[at + PACKETS_10] / 10;
    into[offset + 17] = gapVariation(at);
    into[offset + 18] = state[at + OPEN];
    into[offset + 19] = shareOf(ports10, Math.min(flows10, SKETCH_FLOWS));
    into[offset + 20] = shareOf(peers10, Math.min(flows10, SKETCH_FLOWS));
  }

  /** 0 for a clock, 1 for random arrival, above for bursts. */
  function gapVariation(at: number): number {
    const mean = state[at + GAP_MEAN];
    if (state[at + FLOWS_EVER] < FLOWS_FOR_REGULARITY || !(mean > 0)) return 1;
    return Math.sqrt(Math.max(0, state[at + GAP_SQUARE] - mean * mean)) / mean;
  }

  return { begin, decay, add, rank, write };
}

/** A ratio between 0 and 1; 0 where there is next to nothing to divide by. */
function shareOf(part: number, whole: number): number {
  return whole > 1e-3 ? Math.min(1, part / whole) : 0;
}
