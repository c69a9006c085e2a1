import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPacketFile } from '#roles/packet-path.ts';
import { createRandom } from '../random.ts';
import { attacksAmong, markAttackPackets } from './attack-packets.ts';
import { drawCrops } from './crops.ts';
import { cutCapture, readFrames } from './pcap-frames.ts';
import { sampleRun } from './sample-run.ts';

function sample(name: 'attack' | 'busy-day') {
  const run = sampleRun(name);
  const file = readFileSync(run.capture);
  const frames = readFrames(file);
  return { file, frames, marks: markAttackPackets(frames, run.truth), facts: run.truth };
}

const attack = sample('attack');
const busyDay = sample('busy-day');

test('every packet of each attack is found, and its answers', () => {
  const all = attacksAmong(attack.frames, attack.marks, attack.facts, attack.marks.keys());
  expect(all.map(({ family }) => family)).toEqual(['http-flood', 'syn-flood', 'port-scan']);
  all.forEach(({ packets }, i) => expect(packets).toBeGreaterThan(attack.facts.attacks[i].packets));
  expect(busyDay.marks.every((mark) => mark === 0)).toBe(true);
});

test('the same stream gives the same crops, another one others', () => {
  const draw = (seed: number) => drawCrops(attack.frames, attack.marks, attack.facts, createRandom(seed));
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
});

test('a crop holds, in order, packets of its machines only', () => {
  for (const { frames, marks, facts } of [attack, busyDay]) {
    for (const crop of drawCrops(frames, marks, facts, createRandom(1))) {
      expect(crop.frames).toEqual(crop.frames.toSorted((a, b) => a - b));
      expect(crop.frames.length).toBeLessThanOrEqual(1_000);
      for (const frame of crop.frames) {
        const ends = [frames.src[frame], frames.dst[frame]];
        expect(crop.machines.every((machine) => ends.includes(machine))).toBe(true);
      }
    }
  }
});

test('most crops of a run with attacks hold a dozen of their packets, and each run has some without', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const crops = drawCrops(attack.frames, attack.marks, attack.facts, createRandom(seed));
    const inAttack = crops.map(({ frames }) => frames.filter((frame) => attack.marks[frame] !== 0).length);
    expect(inAttack.filter((packets) => packets >= 12).length).toBeGreaterThanOrEqual(5);
    expect(inAttack.filter((packets) => packets === 0).length).toBeGreaterThanOrEqual(1);
  }
});

test('an ordinary run gives crops too', () => {
  expect(drawCrops(busyDay.frames, busyDay.marks, busyDay.facts, createRandom(1)).length).toBeGreaterThanOrEqual(6);
});

test('a crop is a capture that the packet path reads without a drop', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-crop-'));
  try {
    const path = join(folder, 'crop.pcap');
    const [crop] = drawCrops(attack.frames, attack.marks, attack.facts, createRandom(2));
    writeFileSync(path, cutCapture(attack.file, attack.frames, crop.frames));
    const { packets, drops } = runPacketFile({ path, expiry: 'live', onBatch: () => undefined });
    expect(packets).toBe(crop.frames.length);
    expect(Object.values(drops).every((count) => count === 0)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
