import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Family } from '#core/family.ts';
import { runPacketFile } from '#roles/packet-path.ts';
import { truthOfInvention } from '../truth-of-capture.ts';
import { inventCapture } from './capture.ts';

/** Seeds of captures below 300 kB. */
const SMALL = [2, 3, 14, 16, 22, 26, 27, 39, 53, 58, 77];

test('a seed gives the same capture again, another seed another one', () => {
  expect(inventCapture(22).pcap).toEqual(inventCapture(22).pcap);
  expect(inventCapture(22).pcap).not.toEqual(inventCapture(25).pcap);
});

test('the packet path reads every invented packet, and truth finds the attacks among its flows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubesecure-invented-'));
  const found = new Set<Family>();
  try {
    for (const seed of SMALL) {
      const invention = inventCapture(seed);
      const path = join(folder, 'capture.pcap');
      await writeFile(path, invention.pcap);
      const truthOfRow = truthOfInvention(invention);
      let attackRows = 0;
      const stats = runPacketFile({
        path,
        expiry: 'live',
        onBatch: (batch) => {
          for (let row = 0; row < batch.count; row++) {
            const { family } = truthOfRow(batch, row);
            if (family === null) continue;
            attackRows++;
            found.add(family);
          }
        },
      });
      expect(Object.values(stats.drops).reduce((sum, drops) => sum + drops, 0)).toBe(0);
      expect(attackRows > 0).toBe(invention.attacks.length > 0);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  expect([...found].toSorted()).toEqual(['http-flood', 'icmp-flood', 'port-scan', 'syn-flood', 'udp-flood']);
});
