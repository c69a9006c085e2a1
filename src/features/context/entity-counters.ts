/**
 * In: flow reports in packet-time order. Out: in the same rows, how the client (an address) and the server (address,
 * port, protocol) behaved lately, as CONTEXT_FEATURES says. Owns the counters; borrows the batch for one call.
 *
 * The counters are exponentially damped, as Kitsune's are (Mirsky et al. 2018): a count decays with exp(-dt / tau), so
 * an entity costs the same whatever it does. No address, port number or absolute time gets into the vector.
 */
import { randomInt } from 'node:crypto';
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { EntityTable } from '#core/entity-table.ts';
import type { EntityCountersConfig } from './config.ts';
import type { FlowProgress } from './flow-progress.ts';
import { CIC_WIDTH, CONTEXT_WIDTH } from '#core/feature-batch.ts';
import { createEntityTable } from '#core/entity-table.ts';
import { createSketches, hashOfAddress, hashOfPort, hitSketch, SKETCH_SLOTS } from './distinct-sketch.ts';
import { CIC_COLUMNS_READ, createFlowProgress, emptyProgress, finiteOrZero } from './flow-progress.ts';
import { clearState, decayState, STATE_WIDTH, writeContext, S } from './entity-state.ts';

export interface EntityCounters {
  /** Counts the row for its client and its server, and writes both context vectors into it. Never throws. */
  observe(batch: FeatureBatch, row: number): void;
  stats(): EntityCounterStats;
}

/** All since the start. */
export interface EntityCounterStats {
  readonly clients: number;
  readonly servers: number;
  readonly evicted: number;
  /** Rows reported before an earlier row; taken as simultaneous with it. */
  readonly timeBackwards: number;
  /** Rows with a time or a count that was not a finite number; taken as 0. */
  readonly notFinite: number;
}

interface Side {
  readonly number: 0 | 1;
  readonly table: EntityTable;
  readonly state: Float64Array;
  readonly peers: Uint32Array;
  readonly ports: Uint32Array;
}

const TCP = 6;

/** Counters for at most `maxEntities` clients and as many servers. */
export function createEntityCounters({ maxEntities, seed }: EntityCountersConfig): EntityCounters {
  const hashSeed = seed ?? randomInt(2 ** 32);
  const clients = createSide(0, maxEntities, hashSeed);
  const servers = createSide(1, maxEntities, hashSeed ^ 0x5bd1e995);
  const progressOf = createFlowProgress();
  const progress = emptyProgress();
  let beganUs = NaN;
  let nowS = 0;
  let timeBackwards = 0;
  let notFinite = 0;

  /** Seconds since the first row: never decreasing, always finite. */
  function advance(reportedUs: number): void {
    if (!Number.isFinite(reportedUs)) {
      notFinite++;
      return;
    }
    if (Number.isNaN(beganUs)) beganUs = reportedUs;
    const s = (reportedUs - beganUs) / 1e6;
    if (s < nowS) timeBackwards++;
    else nowS = s;
  }

  function observe(batch: FeatureBatch, row: number): void {
    advance(batch.reportedUs[row]);
    if (!Number.isFinite(batch.startUs[row] + batch.cic[row * CIC_WIDTH + CIC_COLUMNS_READ.fwdBytes])) notFinite++;
    progressOf(batch, row, progress);
    const startS = (finiteOrZero(batch.startUs[row]) - beganUs) / 1e6;
    observeSide(clients, batch, row, nowS, finiteOrZero(startS), progress);
    observeSide(servers, batch, row, nowS, finiteOrZero(startS), progress);
  }

  return {
    observe,
    stats: () => ({
      clients: clients.table.size,
      servers: servers.table.size,
      evicted: clients.table.evicted + servers.table.evicted,
      timeBackwards,
      notFinite,
    }),
  };
}

function createSide(number: 0 | 1, maxEntities: number, seed: number): Side {
  const table = createEntityTable({ capacity: maxEntities, seed });
  return {
    number,
    table,
    state: new Float64Array(table.capacity * STATE_WIDTH),
    peers: createSketches(table.capacity),
    ports: createSketches(table.capacity),
  };
}

function observeSide(
  side: Side,
  batch: FeatureBatch,
  row: number,
  nowS: number,
  startS: number,
  progress: FlowProgress,
): void {
  const isServer = side.number === 1;
  const own = isServer ? batch.serverAddress : batch.clientAddress;
  const protocol = batch.protocol[row];
  const slot = isServer
    ? side.table.locate(1, own, row * 16, protocol, batch.serverPort[row])
    : side.table.locate(0, own, row * 16, 0, 0);
  const at = slot * STATE_WIDTH;
  const { state } = side;

  if (side.table.fresh) {
    clearState(state, at, nowS);
    side.peers.fill(0, slot * SKETCH_SLOTS, (slot + 1) * SKETCH_SLOTS);
    side.ports.fill(0, slot * SKETCH_SLOTS, (slot + 1) * SKETCH_SLOTS);
  }
  decayState(state, at, nowS);
  addProgress(state, at, progress, isServer);
  if (batch.report[row] === 0) {
    addFlow(state, at, startS, unestablished(batch, row), unanswered(batch, row));
    const peer = hashOfAddress(isServer ? batch.clientAddress : batch.serverAddress, row * 16);
    const port = hashOfPort(protocol, isServer ? batch.clientPort[row] : batch.serverPort[row]);
    countDistinct(state, at + S.peers10, hitSketch(side.peers, slot, peer, nowS));
    countDistinct(state, at + S.ports10, hitSketch(side.ports, slot, port, nowS));
  }
  // Ranks of different times compare as if both counts had decayed to the same moment.
  side.table.rank[slot] = Math.log(state[at + S.flows60] + 1e-3) + nowS / 60;
  writeContext(state, at, isServer ? batch.serverContext : batch.clientContext, row * CONTEXT_WIDTH);
}

/** The 10 s column lies at `column`, the 60 s column behind it. */
function countDistinct(state: Float64Array, column: number, ageS: number): void {
  state[column] += 1 - Math.exp(-ageS / 10);
  state[column + 1] += 1 - Math.exp(-ageS / 60);
}

function addFlow(state: Float64Array, at: number, startS: number, failed: 0 | 1, silent: 0 | 1): void {
  state[at + S.flows1] += 1;
  state[at + S.flows10] += 1;
  state[at + S.flows60] += 1;
  state[at + S.unestablished10] += failed;
  state[at + S.unestablished60] += failed;
  state[at + S.unanswered10] += silent;

  const flows = ++state[at + S.flowsEver];
  if (flows > 1) {
    const gapS = Math.abs(startS - state[at + S.previousStartS]);
    const weight = Math.max(0.1, 1 / (flows - 1));
    state[at + S.gapMean] += weight * (gapS - state[at + S.gapMean]);
    state[at + S.gapSquare] += weight * (gapS * gapS - state[at + S.gapSquare]);
  }
  state[at + S.previousStartS] = startS;
}

function addProgress(state: Float64Array, at: number, progress: FlowProgress, isServer: boolean): void {
  const share1 = dampedShare(progress.spanS, 1);
  const share10 = dampedShare(progress.spanS, 10);
  const share60 = dampedShare(progress.spanS, 60);
  const sent = isServer ? progress.bwdBytes : progress.fwdBytes;
  const received = isServer ? progress.fwdBytes : progress.bwdBytes;
  state[at + S.sent10] += sent * share10;
  state[at + S.sent60] += sent * share60;
  state[at + S.received10] += received * share10;
  state[at + S.received60] += received * share60;
  state[at + S.packets1] += progress.packets * share1;
  state[at + S.packets10] += progress.packets * share10;
  state[at + S.resets10] += progress.resets;
  state[at + S.open] = Math.max(0, state[at + S.open] + progress.opened);
}

/** What is left, at its end, of a quantity that came evenly over `spanS` seconds and decayed with `tauS` meanwhile. */
function dampedShare(spanS: number, tauS: number): number {
  const x = spanS / tauS;
  return x < 1e-6 ? 1 : -Math.expm1(-x) / x;
}

/**
 * TCP: no third packet of a handshake was seen, nor two sides that talk. Every packet of the answering side has ACK set,
 * so an ACK beyond those is the client's. Other protocols: no answer.
 */
function unestablished(batch: FeatureBatch, row: number): 0 | 1 {
  const answers = batch.cic[row * CIC_WIDTH + CIC_COLUMNS_READ.bwdPackets];
  if (!(answers > 0)) return 1;
  if (batch.protocol[row] !== TCP) return 0;
  return batch.cic[row * CIC_WIDTH + CIC_COLUMNS_READ.ackFlags] > answers ? 0 : 1;
}

function unanswered(batch: FeatureBatch, row: number): 0 | 1 {
  return batch.cic[row * CIC_WIDTH + CIC_COLUMNS_READ.bwdPackets] > 0 ? 0 : 1;
}
