import { join } from 'node:path';
import { CIC_WIDTH, CONTEXT_WIDTH, createFeatureBatch, type FeatureBatch } from '#core/feature-batch.ts';
import { runPacketFile } from '#roles/packet-path.ts';

const SAMPLES = ['busy-day.pcap', 'attack.pcap'];
/** Of each sample, from its beginning: more would only take memory from what is measured. */
const ROWS_OF_SAMPLE = 1500;

/** The flow reports of the sample captures, as the packet path makes them, one capture after the other. */
export function readSampleRows(): FeatureBatch {
  const rows = createFeatureBatch(SAMPLES.length * ROWS_OF_SAMPLE);
  for (const name of SAMPLES) {
    const most = rows.count + ROWS_OF_SAMPLE;
    const shiftUs = rows.count === 0 ? null : rows.reportedUs[rows.count - 1] + 1e6;
    let ownUs: number | null = null;
    runPacketFile({
      path: join(import.meta.dirname, '../samples', name),
      expiry: 'live',
      onBatch(batch) {
        for (let row = 0; row < batch.count && rows.count < most; row++) {
          ownUs ??= batch.reportedUs[row];
          copyRow(batch, row, rows, rows.count, shiftUs === null ? 0 : shiftUs - ownUs);
          rows.count++;
        }
      },
    });
  }
  return rows;
}

/** Fills batches with rows that the given ones would be if many groups of hosts behaved so at the same time. */
export interface RowMultiplier {
  /** Fills the batch to its capacity. Begins anew, later in time, when the rows are over. */
  fill(batch: FeatureBatch): void;
}

/** @param entities about how many clients and servers there are to be */
export function createRowMultiplier(rows: FeatureBatch, entities: number): RowMultiplier {
  const copies = Math.max(1, Math.round(entities / countEntities(rows)));
  const lengthUs = rows.reportedUs[rows.count - 1] - rows.reportedUs[0] + 1e6;
  let row = 0;
  let copy = 0;
  let shiftUs = 0;
  return {
    fill(batch) {
      const capacity = batch.report.length;
      for (let to = 0; to < capacity; to++) {
        copyRow(rows, row, batch, to, shiftUs);
        moveHost(batch.clientAddress, to * 16, copy);
        moveHost(batch.serverAddress, to * 16, copy);
        copy = (copy + 1) % copies;
        if (copy > 0) continue;
        row = (row + 1) % rows.count;
        if (row === 0) shiftUs += lengthUs;
      }
      batch.count = capacity;
    },
  };
}

/** Clients, and servers by port and protocol. */
function countEntities(rows: FeatureBatch): number {
  const names = new Set<string>();
  const addressAt = (addresses: Uint8Array, row: number) => addresses.subarray(row * 16, row * 16 + 16).join('.');
  for (let row = 0; row < rows.count; row++) {
    names.add(addressAt(rows.clientAddress, row));
    names.add(`${addressAt(rows.serverAddress, row)} ${rows.serverPort[row]} ${rows.protocol[row]}`);
  }
  return names.size;
}

/** The same host in another group: neither of the two changed bytes decides whether an address is private. */
function moveHost(addresses: Uint8Array, offset: number, copy: number): void {
  addresses[offset + 13] ^= copy >> 8;
  addresses[offset + 14] ^= copy & 0xff;
}

function copyRow(from: FeatureBatch, row: number, into: FeatureBatch, to: number, shiftUs: number): void {
  into.startUs[to] = from.startUs[row] + shiftUs;
  into.lastUs[to] = from.lastUs[row] + shiftUs;
  into.reportedUs[to] = from.reportedUs[row] + shiftUs;
  into.clientPort[to] = from.clientPort[row];
  into.serverPort[to] = from.serverPort[row];
  into.protocol[to] = from.protocol[row];
  into.ending[to] = from.ending[row];
  into.report[to] = from.report[row];
  copyPart(from.clientAddress, row, into.clientAddress, to, 16);
  copyPart(from.serverAddress, row, into.serverAddress, to, 16);
  copyPart(from.cic, row, into.cic, to, CIC_WIDTH);
  copyPart(from.clientContext, row, into.clientContext, to, CONTEXT_WIDTH);
  copyPart(from.serverContext, row, into.serverContext, to, CONTEXT_WIDTH);
}

function copyPart<T extends Float64Array | Uint8Array>(from: T, row: number, into: T, to: number, width: number): void {
  into.set(from.subarray(row * width, (row + 1) * width), to * width);
}
