import type { EntityTable } from '#core/entity-table.ts';
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { FeatureReader } from './feature-vector.ts';
import { CIC_WIDTH } from '#core/feature-batch.ts';
import { addressOfSlot, createEntityTable, identityOfSlot } from '#core/entity-table.ts';
import { createSeededHash } from '#core/seeded-hash.ts';

/**
 * The last flow reports of one entity, oldest first, copied at the moment it is due to be judged. Its arrays have room
 * for a full window; only `reports` of them count.
 */
export interface EntityWindow {
  /** Slot and generation name the entity within this process. */
  slot: number;
  generation: number;
  side: 0 | 1;
  readonly address: Uint8Array;
  protocol: number;
  /** 0 for a client. */
  port: number;
  /** Reports in the window, 1 to `length`. */
  reports: number;
  /** `reports` rows of raw features. */
  readonly raw: Float32Array;
  /** 16 bytes a report: the address on the other side; and the service port it used or was asked on. */
  readonly peerAddresses: Uint8Array;
  readonly peerPorts: Uint16Array;
  /** The how-manieth row ever observed each report was; lets a trainer find its truth. */
  readonly ordinals: Float64Array;
  /** Packet time of the judgement, and of the first packet of the earliest flow in the window, microseconds. */
  atUs: number;
  firstUs: number;
  /** Reports, and flows reported for the first time, since the entity's previous window. */
  newReports: number;
  newFlows: number;
}

export interface EntityWindows {
  /** Adds the row to its client's and its server's window; windows that are due by then go to `onWindow` first. */
  observe(batch: FeatureBatch, row: number): void;
  /** Hands out every window with reports that were not judged yet. */
  finish(): void;
  /** The window is done with: its memory serves the next one. */
  release(window: EntityWindow): void;
  readonly table: EntityTable;
}

export interface EntityWindowsOptions {
  readonly reader: FeatureReader;
  /** Reports a window holds at most. */
  readonly length: number;
  /** An entity is judged once it had this many reports, or has a flow of so many packets. */
  readonly minReports: number;
  readonly minPackets: number;
  readonly judgeEveryMs: number;
  readonly maxEntities: number;
  readonly seed: number;
  readonly onWindow: (window: EntityWindow) => void;
}

/** Windows kept for use, about 5 kB each. */
const MOST_SPARE = 1024;

/** Positions in the CIC vector. */
const FWD_PACKETS = 1;
const BWD_PACKETS = 2;

/**
 * Rings of the last reports of a bounded number of entities. An entity is due `judgeEveryMs` of packet time after its
 * first report since its last window, so a flood costs two judgements a second, however fast it is.
 */
export function createEntityWindows(options: EntityWindowsOptions): EntityWindows {
  const { reader, length, minReports, minPackets, onWindow } = options;
  const { width } = reader;
  const table = createEntityTable({ capacity: options.maxEntities, hash: createSeededHash(options.seed) });
  const raw = new Float32Array(table.capacity * length * width);
  const peerAddresses = new Uint8Array(table.capacity * length * 16);
  const peerPorts = new Uint16Array(table.capacity * length);
  const startUs = new Float64Array(table.capacity * length);
  const ordinals = new Float64Array(table.capacity * length);
  // Times a slot has been taken over.
  const generation = new Uint32Array(table.capacity);
  const reports = new Float64Array(table.capacity);
  const newReports = new Float64Array(table.capacity);
  const newFlows = new Float64Array(table.capacity);
  const worthy = new Uint8Array(table.capacity);
  const queued = new Uint8Array(table.capacity);
  const queue = new Uint32Array(table.capacity);
  const dueUs = new Float64Array(table.capacity);
  const spare: EntityWindow[] = [];
  let head = 0;
  let waiting = 0;
  let nowUs = 0;
  let observed = 0;

  function observe(batch: FeatureBatch, row: number): void {
    const reportedUs = batch.reportedUs[row];
    if (reportedUs > nowUs) nowUs = reportedUs;
    while (waiting > 0 && dueUs[head] <= nowUs) judgeNext(dueUs[head]);
    add(batch, row, 0);
    add(batch, row, 1);
    observed++;
  }

  function add(batch: FeatureBatch, row: number, side: 0 | 1): void {
    const own = side === 1 ? batch.serverAddress : batch.clientAddress;
    const other = side === 1 ? batch.clientAddress : batch.serverAddress;
    if (isNobody(own, row * 16)) return;
    const slot =
      side === 1
        ? table.locate(1, own, row * 16, batch.protocol[row], batch.serverPort[row])
        : table.locate(0, own, row * 16, 0, 0);
    if (table.fresh) {
      generation[slot]++;
      reports[slot] = 0;
      newReports[slot] = 0;
      newFlows[slot] = 0;
      worthy[slot] = 0;
    }
    const at = slot * length + (reports[slot] % length);
    reader.readRaw(batch, row, side, raw, at * width);
    for (let i = 0; i < 16; i++) peerAddresses[at * 16 + i] = other[row * 16 + i];
    peerPorts[at] = batch.serverPort[row];
    startUs[at] = batch.startUs[row];
    ordinals[at] = observed;
    reports[slot]++;
    newReports[slot]++;
    if (batch.report[row] === 0) newFlows[slot]++;
    table.rank[slot] = nowUs / 1e6 + 60 * Math.log(reports[slot]);

    // A slot that was taken over while it waited keeps its place: whoever holds it then is judged.
    const packets = batch.cic[row * CIC_WIDTH + FWD_PACKETS] + batch.cic[row * CIC_WIDTH + BWD_PACKETS];
    if (packets >= minPackets) worthy[slot] = 1;
    if (queued[slot] === 0 && (reports[slot] >= minReports || worthy[slot] === 1)) {
      queued[slot] = 1;
      const tail = (head + waiting) % queue.length;
      queue[tail] = slot;
      dueUs[tail] = nowUs + options.judgeEveryMs * 1000;
      waiting++;
    }
  }

  function judgeNext(atUs: number): void {
    const slot = queue[head];
    head = (head + 1) % queue.length;
    waiting--;
    queued[slot] = 0;
    if (reports[slot] < minReports && worthy[slot] === 0) return;
    onWindow(copyWindow(slot, atUs));
    newReports[slot] = 0;
    newFlows[slot] = 0;
  }

  function copyWindow(slot: number, atUs: number): EntityWindow {
    const window = spare.pop() ?? emptyWindow(length, width);
    const count = Math.min(reports[slot], length);
    const oldest = reports[slot] > length ? reports[slot] % length : 0;
    Object.assign(window, identityOfSlot(table, slot));
    addressOfSlot(table, slot, window.address);
    window.slot = slot;
    window.generation = generation[slot];
    window.reports = count;
    window.atUs = atUs;
    window.firstUs = Infinity;
    window.newReports = newReports[slot];
    window.newFlows = newFlows[slot];
    for (let i = 0; i < count; i++) {
      const from = slot * length + ((oldest + i) % length);
      window.raw.set(raw.subarray(from * width, (from + 1) * width), i * width);
      window.peerAddresses.set(peerAddresses.subarray(from * 16, from * 16 + 16), i * 16);
      window.peerPorts[i] = peerPorts[from];
      window.ordinals[i] = ordinals[from];
      if (startUs[from] < window.firstUs) window.firstUs = startUs[from];
    }
    return window;
  }

  return {
    observe,
    finish: () => {
      while (waiting > 0) judgeNext(nowUs);
    },
    release: (window) => {
      if (spare.length < MOST_SPARE) spare.push(window);
    },
    table,
  };
}

function emptyWindow(length: number, width: number): EntityWindow {
  return {
    slot: 0,
    generation: 0,
    side: 0,
    address: new Uint8Array(16),
    protocol: 0,
    port: 0,
    reports: 0,
    raw: new Float32Array(length * width),
    peerAddresses: new Uint8Array(length * 16),
    peerPorts: new Uint16Array(length),
    ordinals: new Float64Array(length),
    atUs: 0,
    firstUs: 0,
    newReports: 0,
    newFlows: 0,
  };
}

/**
 * A multicast group and the unspecified address belong to no machine: neighbours that look for each other there, all at
 * once after a power cut, are no flood.
 */
function isNobody(address: Uint8Array, offset: number): boolean {
  if (address[offset] === 0xff) return true;
  for (let i = 0; i < 10; i++) if (address[offset + i] !== 0) return false;
  const mapped = address[offset + 10] === 0xff && address[offset + 11] === 0xff;
  const first = address[offset + 12];
  if (mapped) return first === 0 || (first >= 224 && first < 240);
  return first === 0 && address[offset + 13] === 0 && address[offset + 14] === 0 && address[offset + 15] === 0;
}
