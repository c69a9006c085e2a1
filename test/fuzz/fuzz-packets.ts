/** Damaged packets go through decoder, both flow tables, features and writer: none may be lost, and nothing may break. */
import { createCaptureCounters, dropsByReason } from '#capture/drops.ts';
import { createCaptureParser } from '#capture/parser.ts';
import { feed } from '../packets/collect-reports.ts';
import { createChance, type Chance } from '../packets/random.ts';
import { randomTraffic } from '../packets/random-traffic.ts';
import { createWatchedTable } from './flow-sums.ts';
import { mutate } from './mutate.ts';

/** Packets of one round; it has its own seed, so that it can be done again alone. */
export const ROUND_PACKETS = 50_000;
const FILE_PACKETS = 1000;
const LINK_TYPES = [1, 1, 1, 113, 276, 101, 0, 108];
/** No packet of a test is longer; headers are what matters. */
const MOST_BYTES = 400;
/** A thousand packets take some milliseconds. */
const MOST_FILE_MS = 10_000;

/** Frames of each link type, undamaged. */
type Corpus = ReadonlyMap<number, readonly Buffer[]>;

export function createCorpus(seed: number, size = 30_000): Corpus {
  const chance = createChance(seed);
  const frames = new Map<number, Buffer[]>();
  for (let count = 0; count < size;) {
    const traffic = randomTraffic(chance, { conversations: chance.pick([1, 5, 60]) });
    const known = frames.get(traffic.linkType) ?? [];
    known.push(...traffic.frames.map(({ frame }) => Buffer.from(frame.subarray(0, MOST_BYTES - 64))));
    frames.set(traffic.linkType, known);
    count += traffic.frames.length;
  }
  return frames;
}

/** One round. Throws where something is wrong, with what. */
export function fuzzPackets(corpus: Corpus, seed: number, packets = ROUND_PACKETS): void {
  const chance = createChance(seed);
  const sizes = chance.pick([
    { capacity: 16, seeds: 16 },
    { capacity: 300, seeds: 100 },
    { capacity: 4096, seeds: 4096 },
  ]);
  const format = chance.oneIn(10) ? 'jsonl' : 'csv';
  const tables = [createWatchedTable('cic', sizes, format), createWatchedTable('live', sizes, 'csv')];
  const counters = createCaptureCounters();
  const config = { tunnels: chance.pick(['outer', 'inner'] as const), vxlanPorts: [80], genevePorts: [40_000] };
  const clock = { seconds: 1_760_000_000 };
  for (let left = packets; left > 0; left -= FILE_PACKETS) {
    const startedAt = performance.now();
    const file = damagedFile(chance, corpus, Math.min(FILE_PACKETS, left), clock);
    const parser = createCaptureParser({
      name: 'fuzz',
      counters,
      config,
      onBatch: (batch) => tables.forEach(({ table }) => table.add(batch)),
    });
    feed(parser, file, [Infinity]);
    if (parser.end().cut) throw new Error('the file is taken for cut');
    const tookMs = performance.now() - startedAt;
    if (tookMs > MOST_FILE_MS) throw new Error(`${FILE_PACKETS} packets took ${Math.round(tookMs)} ms`);
  }
  if (counters.packets !== packets) throw new Error(`${counters.packets} packets were counted, not ${packets}`);
  const drops = Object.values(dropsByReason(counters)).reduce((sum, count) => sum + count, 0);
  for (const { table, packetsInFlows, flush } of tables) {
    table.finish();
    flush();
    const found = packetsInFlows() + table.stats().duplicates + drops;
    if (found !== packets) throw new Error(`${found} packets are in flows and drops, not ${packets}`);
  }
}

/** A pcap file that is whole, of packets that are not. */
function damagedFile(chance: Chance, corpus: Corpus, packets: number, clock: { seconds: number }): Buffer {
  const linkType = chance.pick(LINK_TYPES);
  const frames = corpus.get(linkType) ?? [];
  const file = Buffer.allocUnsafe(24 + packets * (16 + MOST_BYTES));
  file.fill(0, 0, 24);
  file.writeUInt32LE(0xa1b2c3d4, 0);
  file.writeUInt32LE(linkType, 20);
  let at = 24;
  for (let i = 0; i < packets; i++) {
    const frame = chance.pick(frames);
    const room = file.subarray(at + 16, at + 16 + MOST_BYTES);
    frame.copy(room);
    let length = frame.length;
    if (chance.oneIn(50)) length = randomBytes(chance, room);
    else for (let damages = chance.below(4); damages > 0; damages--) length = mutate(chance, room, length);
    tick(chance, clock);
    file.writeUInt32LE(clock.seconds, at);
    file.writeUInt32LE(chance.oneIn(1000) ? 0xffffffff : chance.below(1_000_000), at + 4);
    file.writeUInt32LE(length, at + 8);
    file.writeUInt32LE(chance.oneIn(20) ? chance.below(70_000) : frame.length, at + 12);
    at += 16 + length;
  }
  return file.subarray(0, at);
}

function randomBytes(chance: Chance, room: Buffer): number {
  const length = chance.below(room.length);
  for (let at = 0; at < length; at++) room[at] = chance.below(256);
  return length;
}

/** Packet time goes on, and sometimes leaps. */
function tick(chance: Chance, clock: { seconds: number }): void {
  if (chance.oneIn(100)) clock.seconds += chance.pick([1, 6, 61, 121, -1, -5, -130]);
  if (chance.oneIn(20_000)) clock.seconds = chance.pick([0, 1, 0x7fffffff, 0xffffff00, 1_760_000_000]);
  clock.seconds = Math.min(Math.max(clock.seconds, 0), 0xffffffff);
}
