/**
 * In: flow reports in packet-time order. Out: in the same rows, how the client (an address) and the server (address,
 * port, protocol) behaved lately, as CONTEXT_FEATURES says. Owns the counters; borrows the batch for one call.
 *
 * The counters are exponentially damped, as Kitsune's are (Mirsky et al. 2018): a count decays with exp(-dt / tau), so
 * an entity costs the same whatever it does. No address, port number or absolute time gets into the vector.
 */
import { randomInt } from 'node:crypto';
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { EntityCountersConfig } from './config.ts';
import { CONTEXT_WIDTH } from '#core/feature-batch.ts';
import { createEntityTable } from '#core/entity-table.ts';
import { addressBits, createSeededHash, mixBits, portBits } from '#core/seeded-hash.ts';
import { emptyReport, withPlaces } from './entity-report.ts';
import { createEntityStates } from './entity-states.ts';
import { createFlowProgress, emptyProgress, finiteOrZero } from './flow-progress.ts';

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

/**
 * Counters for at most `maxEntities` clients and as many servers, each rounded up to a power of two. Takes all its memory
 * here, 30 MB by default; no row allocates.
 */
export function createEntityCounters({ maxEntities, seed }: EntityCountersConfig): EntityCounters {
  const hash = createSeededHash(seed ?? randomInt(2 ** 32));
  const table = createEntityTable({ capacity: maxEntities, hash, apart: true });
  const states = createEntityStates(table.rank);
  const readProgress = createFlowProgress();
  const progress = emptyProgress();
  const report = emptyReport();
  const clock = { beganUs: NaN, nowS: 0 };
  let timeBackwards = 0;
  let notFinite = 0;

  // Takes the row, not its time: a double passed on would be put on the heap.
  function advance(batch: FeatureBatch, row: number): void {
    const reportedUs = batch.reportedUs[row];
    if (!Number.isFinite(reportedUs)) {
      notFinite++;
      return;
    }
    if (Number.isNaN(clock.beganUs)) clock.beganUs = reportedUs;
    const s = (reportedUs - clock.beganUs) / 1e6;
    if (s < clock.nowS) timeBackwards++;
    else clock.nowS = s;
  }

  function observe(batch: FeatureBatch, row: number): void {
    const { clientAddress, serverAddress } = batch;
    const protocol = batch.protocol[row];
    const serverPort = batch.serverPort[row];
    const client = addressBits(hash, clientAddress, row * 16);
    const server = addressBits(hash, serverAddress, row * 16);
    const clientPortBits = portBits(hash, protocol, batch.clientPort[row]);
    const serverPortBits = portBits(hash, protocol, serverPort);

    advance(batch, row);
    const flow = mixBits(Math.imul(client ^ (clientPortBits >>> 1), 31) ^ server ^ serverPortBits);
    if (!readProgress(batch, row, flow, progress)) notFinite++;
    report.nowS = clock.nowS;
    report.startS = finiteOrZero((finiteOrZero(batch.startUs[row]) - clock.beganUs) / 1e6);
    report.share1 = dampedShare(progress.spanS, 1);
    report.share10 = dampedShare(progress.spanS, 10);
    report.share60 = dampedShare(progress.spanS, 60);
    report.packets = progress.packets;

    report.sent = progress.fwdBytes;
    report.received = progress.bwdBytes;
    report.facts = withPlaces(progress.facts, mixBits(server), mixBits(serverPortBits));
    const clientSlot = table.locateHashed(client, 0, clientAddress, row * 16, 0, 0);
    states.count(clientSlot, report, batch.clientContext, row * CONTEXT_WIDTH);

    report.sent = progress.bwdBytes;
    report.received = progress.fwdBytes;
    report.facts = withPlaces(progress.facts, mixBits(client), mixBits(clientPortBits));
    const serverSlot = table.locateHashed(server, 1, serverAddress, row * 16, protocol, serverPort);
    states.count(serverSlot, report, batch.serverContext, row * CONTEXT_WIDTH);
  }

  return {
    observe,
    stats: () => ({
      clients: table.sizeOf(0),
      servers: table.sizeOf(1),
      evicted: table.evicted,
      timeBackwards,
      notFinite,
    }),
  };
}

/** What is left, at its end, of a quantity that came evenly over `spanS` seconds and decayed with `tauS` meanwhile. */
function dampedShare(spanS: number, tauS: number): number {
  const x = spanS / tauS;
  return x < 1e-6 ? 1 : -Math.expm1(-x) / x;
}
