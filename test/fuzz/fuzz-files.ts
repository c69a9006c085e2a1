/** Damaged capture files are read: the only error may be `bad-input` that names the file, and no packet may be lost. */
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { KubeSecureError } from '#core/error.ts';
import { createCaptureCounters, dropsByReason } from '#capture/drops.ts';
import { readCapture } from '#capture/read-capture.ts';
import { block, enhancedPacket, interfaceBlock, pcap, section, simplePacket } from '../packets/captures.ts';
import { createChance, type Chance } from '../packets/random.ts';
import { randomTraffic, type Traffic } from '../packets/random-traffic.ts';
import { createWatchedTable } from './flow-sums.ts';
import { mutate } from './mutate.ts';

/** Files of one round; it has its own seed, so that it can be done again alone. */
export const ROUND_FILES = 500;
const MOST_FILE_MS = 10_000;
const TABLE = { capacity: 256, seeds: 256 };

/** How the files of a round fared. */
export interface FileCounts {
  readonly read: number;
  readonly refused: number;
}

/** One round. Throws where something is wrong, with what and with the number of the file. */
export function fuzzFiles(seed: number, files = ROUND_FILES): FileCounts {
  const chance = createChance(seed);
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-'));
  const counts = { read: 0, refused: 0 };
  try {
    for (let file = 0; file < files; file++) {
      // A new name each time: to write over a file that was just read makes some file systems wait for the disk.
      const path = join(folder, `capture-${file}`);
      writeFileSync(path, damagedFile(chance));
      try {
        if (readOne(path, chance.oneIn(2) ? 'cic' : 'live')) counts.read++;
        else counts.refused++;
      } catch (cause) {
        throw new Error(`file ${file + 1} of the round`, { cause });
      }
      unlinkSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return counts;
}

/** Whether the file was read to its end. */
function readOne(path: string, expiry: 'cic' | 'live'): boolean {
  const startedAt = performance.now();
  const counters = createCaptureCounters();
  const { table, packetsInFlows, flush } = createWatchedTable(expiry, TABLE, 'csv');
  let isRead = true;
  try {
    readCapture({ path, counters, onBatch: (batch) => table.add(batch) });
  } catch (error) {
    if (!(error instanceof KubeSecureError) || error.code !== 'bad-input' || !error.message.includes(path)) throw error;
    isRead = false;
  }
  table.finish();
  flush();
  const drops = Object.values(dropsByReason(counters)).reduce((sum, count) => sum + count, 0);
  const found = packetsInFlows() + table.stats().duplicates + drops;
  if (found !== counters.packets) {
    throw new Error(`${found} packets are in flows and drops, not ${counters.packets}; read to the end: ${isRead}`);
  }
  const tookMs = performance.now() - startedAt;
  if (tookMs > MOST_FILE_MS) throw new Error(`it took ${Math.round(tookMs)} ms`);
  return isRead;
}

function damagedFile(chance: Chance): Buffer {
  let file = damaged(chance, wholeFile(chance), 3);
  if (chance.oneIn(10)) file = Buffer.concat([file, damaged(chance, wholeFile(chance), 1)]);
  const packing = chance.below(12);
  if (packing === 0) return damaged(chance, gzipSync(file, { level: 1 }), 1);
  if (packing === 1) return damaged(chance, zstdCompressSync(file), 1);
  return file;
}

function damaged(chance: Chance, bytes: Buffer, most: number): Buffer {
  const room = Buffer.concat([bytes, Buffer.alloc(64)]);
  let length = bytes.length;
  for (let times = chance.between(0, most); times > 0; times--) length = mutate(chance, room, length);
  return room.subarray(0, length);
}

function wholeFile(chance: Chance): Buffer {
  const traffic = randomTraffic(chance);
  const some = { ...traffic, frames: traffic.frames.slice(0, 20) };
  if (chance.oneIn(2)) return pcapngFile(chance, some);
  const file = pcap(some.frames, {
    linkType: some.linkType,
    nanoseconds: chance.oneIn(3),
    bigEndian: chance.oneIn(3),
  });
  // The header of packets that a patched libpcap writes is longer: with it, all after the first is nonsense.
  if (chance.oneIn(30)) file.writeUInt32LE(0xa1b2cd34, 0);
  return file;
}

/** Sections of both byte orders, interfaces of several clocks, packet blocks of each kind, and blocks of no interest. */
function pcapngFile(chance: Chance, { linkType, frames }: Traffic): Buffer {
  const blocks: Buffer[] = [];
  let bigEndian = false;
  let interfaces = 0;
  for (const { frame, timeUs } of frames) {
    if (interfaces === 0 || chance.oneIn(10)) {
      bigEndian = chance.oneIn(3);
      blocks.push(section(bigEndian));
      for (interfaces = 0; interfaces < chance.between(1, 3); interfaces++) {
        const resolution = chance.pick([undefined, 9, 6, 3, 0, 12, 20, 127, 0x80, 0x80 | 20, 0xff]);
        blocks.push(interfaceBlock(chance.oneIn(20) ? 105 : linkType, resolution, bigEndian));
      }
      interfaces++;
    }
    if (chance.oneIn(10))
      blocks.push(block(chance.pick([2, 4, 5, 0x0bad, 0x80000001]), Buffer.alloc(chance.below(90)), bigEndian));
    if (chance.oneIn(10) && !bigEndian) blocks.push(simplePacket(frame));
    else blocks.push(enhancedPacket(chance.below(interfaces - 1), BigInt(timeUs), frame, bigEndian));
  }
  return Buffer.concat(blocks);
}
