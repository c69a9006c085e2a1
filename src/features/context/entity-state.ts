import { distinctOf, SKETCH_FLOWS } from './distinct-sketch.ts';

/** The columns of one entity's counters. Damped sums unless said otherwise; the number is the time constant in seconds. */
export const S = {
  lastS: 0,
  flows1: 1,
  packets1: 2,
  flows10: 3,
  unestablished10: 4,
  unanswered10: 5,
  resets10: 6,
  sent10: 7,
  received10: 8,
  packets10: 9,
  flows60: 10,
  unestablished60: 11,
  sent60: 12,
  received60: 13,
  /** Damped slots in use of the sketches (distinct-sketch.ts); the 60 s column follows the 10 s one. */
  peers10: 14,
  peers60: 15,
  ports10: 16,
  ports60: 17,
  /** Not damped: flows since the entity is known, flows open now, start of the newest, moments of the gaps. */
  flowsEver: 18,
  open: 19,
  previousStartS: 20,
  gapMean: 21,
  gapSquare: 22,
} as const;

export const STATE_WIDTH = 23;

/** Before this many flows nothing is said about their regularity: it counts as random arrival (1). */
const FLOWS_FOR_REGULARITY = 5;

/** Forgets whoever had these columns before. */
export function clearState(state: Float64Array, at: number, nowS: number): void {
  state.fill(0, at, at + STATE_WIDTH);
  state[at + S.lastS] = nowS;
}

/** Lets the sums decay to `nowS`, which never lies before the last time. */
export function decayState(state: Float64Array, at: number, nowS: number): void {
  const dt = nowS - state[at + S.lastS];
  if (!(dt > 0)) return;
  state[at + S.lastS] = nowS;

  const keep1 = Math.exp(-dt);
  state[at + S.flows1] *= keep1;
  state[at + S.packets1] *= keep1;

  const keep10 = Math.exp(-dt / 10);
  for (let column = S.flows10; column <= S.packets10; column++) state[at + column] *= keep10;
  state[at + S.peers10] *= keep10;
  state[at + S.ports10] *= keep10;

  const keep60 = Math.exp(-dt / 60);
  for (let column = S.flows60; column <= S.received60; column++) state[at + column] *= keep60;
  state[at + S.peers60] *= keep60;
  state[at + S.ports60] *= keep60;
}

/** Writes the context vector, in the order of CONTEXT_FEATURES. */
export function writeContext(state: Float64Array, at: number, into: Float64Array, offset: number): void {
  const flows10 = state[at + S.flows10];
  const flows60 = state[at + S.flows60];
  const peers10 = distinctOf(state[at + S.peers10]);
  const ports10 = distinctOf(state[at + S.ports10]);

  into[offset] = state[at + S.flows1];
  into[offset + 1] = flows10 / 10;
  into[offset + 2] = flows60 / 60;
  into[offset + 3] = peers10;
  into[offset + 4] = distinctOf(state[at + S.peers60]);
  into[offset + 5] = ports10;
  into[offset + 6] = distinctOf(state[at + S.ports60]);
  into[offset + 7] = shareOf(state[at + S.unestablished10], flows10);
  into[offset + 8] = shareOf(state[at + S.unestablished60], flows60);
  into[offset + 9] = shareOf(state[at + S.unanswered10], flows10);
  into[offset + 10] = shareOf(state[at + S.resets10], flows10);
  into[offset + 11] = state[at + S.sent10] / 10;
  into[offset + 12] = state[at + S.sent60] / 60;
  into[offset + 13] = state[at + S.received10] / 10;
  into[offset + 14] = state[at + S.received60] / 60;
  into[offset + 15] = state[at + S.packets1];
  into[offset + 16] = state[at + S.packets10] / 10;
  into[offset + 17] = gapVariation(state, at);
  into[offset + 18] = state[at + S.open];
  into[offset + 19] = shareOf(ports10, Math.min(flows10, SKETCH_FLOWS));
  into[offset + 20] = shareOf(peers10, Math.min(flows10, SKETCH_FLOWS));
}

/** A ratio between 0 and 1; 0 where there is next to nothing to divide by. */
function shareOf(part: number, whole: number): number {
  return whole > 1e-3 ? Math.min(1, part / whole) : 0;
}

/** 0 for a clock, 1 for random arrival, above for bursts. */
function gapVariation(state: Float64Array, at: number): number {
  const mean = state[at + S.gapMean];
  if (state[at + S.flowsEver] < FLOWS_FOR_REGULARITY || !(mean > 0)) return 1;
  return Math.sqrt(Math.max(0, state[at + S.gapSquare] - mean * mean)) / mean;
}
