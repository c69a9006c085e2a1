import type { EntityTable } from '#core/entity-table.ts';
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { FeatureReader } from './feature-vector.ts';
import { CIC_WIDTH } from '#core/feature-batch.ts';
import { createEntityTable, identityOfSlot } from '#core/entity-table.ts';
import { CLIENT, type EntityRole, PAIR, SERVER } from '#core/entity-class.ts';
import { createSeededHash } from '#core/seeded-hash.ts';

/**
 * The last flow reports of one entity, oldest first, copied at the moment it is due to be judged. Its arrays have room
 * for a full window; only `reports` of them count.
 */
export interface EntityWindow {
  /** Slot and generation name the entity within this process. */
  slot: number;
  generation: number;
  role: EntityRole;
  /** The client's or the server's; a pair's is that of its client, and its server is in `peerAddresses`. */
  readonly address: Uint8Array;
  /** Of the service; 0 for a client. */
  protocol: number;
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
  /** Reports, flows reported for the first time, and packets of those reports, since the entity's previous window. */
  newReports: number;
  newFlows: number;
  newPackets: number;
}

export interface EntityWindows {
  /** Adds the row to the windows it belongs to; windows that are due by then go to `onWindow` first. */
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
  /** An entity is judged once it had this many reports, or, no client, has a flow of so many packets. */
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
 * Rings of the last reports of a bounded number of entities. A row belongs to its pair and to its server; to its client only
 * if it is the pair's first, so that the client's window shows whom it turned to lately, however much it has to do with
 * each, and the pair's shows that, whatever else the client does. An entity is due `judgeEveryMs` of packet time after its
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
  const newPackets = new Float64Array(table.capacity);
  const latestStartUs = new Float64Array(table.capacity);
  const ownAddresses = new Uint8Array(table.capacity * 16);
  const pairKey = new Uint8Array(16);
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
    addRow(batch, row);
    observed++;
  }

  function addRow(batch: FeatureBatch, row: number): void {
    const { clientAddress, serverAddress } = batch;
    const at = row * 16;
    if (!isNobody(clientAddress, at)) {
      writePairKey(clientAddress, serverAddress, at, pairKey);
      const pair = table.locate(PAIR, pairKey, 0, batch.protocol[row], batch.serverPort[row]);
      const isFirst = table.fresh;
      add(batch, row, PAIR, pair, isFirst);
      if (isFirst) add(batch, row, CLIENT, table.locate(CLIENT, clientAddress, at, 0, 0), table.fresh);
    }
    if (isNobody(serverAddress, at)) return;
    const server = table.locate(SERVER, serverAddress, at, batch.protocol[row], batch.serverPort[row]);
    add(batch, row, SERVER, server, table.fresh);
  }

  function add(batch: FeatureBatch, row: number, role: EntityRole, slot: number, isFresh: boolean): void {
    const own = role === SERVER ? batch.serverAddress : batch.clientAddress;
    const other = role === SERVER ? batch.clientAddress : batch.serverAddress;
    const started = batch.startUs[row];
    if (isFresh) {
      generation[slot]++;
      reports[slot] = 0;
      newReports[slot] = 0;
      newFlows[slot] = 0;
      newPackets[slot] = 0;
      worthy[slot] = 0;
      latestStartUs[slot] = started;
      for (let i = 0; i < 16; i++) ownAddresses[slot * 16 + i] = own[row * 16 + i];
    }
    const at = slot * length + (reports[slot] % length);
    const gapUs = Math.max(0, started - latestStartUs[slot]);
    if (gapUs > 0) latestStartUs[slot] = started;
    reader.readRaw(batch, row, role, gapUs, raw, at * width);
    for (let i = 0; i < 16; i++) peerAddresses[at * 16 + i] = other[row * 16 + i];
    peerPorts[at] = batch.serverPort[row];
    startUs[at] = started;
    ordinals[at] = observed;
    reports[slot]++;
    newReports[slot]++;
    if (batch.report[row] === 0) newFlows[slot]++;
    table.rank[slot] = nowUs / 1e6 + 60 * Math.log(reports[slot]);

    // A slot that was taken over while it waited keeps its place: whoever holds it then is judged.
    const packets = batch.cic[row * CIC_WIDTH + FWD_PACKETS] + batch.cic[row * CIC_WIDTH + BWD_PACKETS];
    newPackets[slot] += packets;
    if (packets >= minPackets && role !== CLIENT) worthy[slot] = 1;
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
    newPackets[slot] = 0;
  }

  function copyWindow(slot: number, atUs: number): EntityWindow {
    const window = spare.pop() ?? emptyWindow(length, width);
    const count = Math.min(reports[slot], length);
    const oldest = reports[slot] > length ? reports[slot] % length : 0;
    const { side, protocol, port } = identityOfSlot(table, slot);
    window.role = side as EntityRole;
    window.protocol = protocol;
    window.port = port;
    window.address.set(ownAddresses.subarray(slot * 16, slot * 16 + 16));
    window.slot = slot;
    window.generation = generation[slot];
    window.reports = count;
    window.atUs = atUs;
    window.firstUs = Infinity;
    window.newReports = newReports[slot];
    window.newFlows = newFlows[slot];
    window.newPackets = newPackets[slot];
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
    role: CLIENT,
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
    newPackets: 0,
  };
}

/** 16 bytes for two addresses: each folded in half, which keeps all of an IPv4 one. */
function writePairKey(client: Uint8Array, server: Uint8Array, at: number, into: Uint8Array): void {
  for (let i = 0; i < 8; i++) {
    into[i] = client[at + i] ^ client[at + i + 8];
    into[i + 8] = server[at + i] ^ server[at + i + 8];
  }
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
