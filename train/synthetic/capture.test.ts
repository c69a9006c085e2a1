import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PacketPathSettings, runPacketFile } from '#roles/packet-path.ts';
import type { RowTruth } from '../truth-of-capture.ts';
import type { InventedCapture } from './capture.ts';
import { truthOfInvention } from '../truth-of-capture.ts';
import { ATTACK_KINDS, ATTACKS } from './attacks.ts';
import { inventCapture } from './capture.ts';

/** Enough that each of 21 kinds, one capture in 38, is among them. */
const SEEDS = Array.from({ length: 240 }, (_, i) => i + 1);
const INVENTIONS = SEEDS.map((seed) => ({ seed, ...inventCapture(seed) }));

/** Large ones take longer to make than a capture to read. */
const SMALL_TABLES = PacketPathSettings.parse({ flows: { capacity: 8192, seeds: 8192 }, entities: { seed: 1 } });

test('a seed gives the same capture again, another seed another one', () => {
  expect(inventCapture(22)).toEqual(inventCapture(22));
  expect(inventCapture(22).pcap).not.toEqual(inventCapture(25).pcap);
});

test('every kind of attack occurs, under its family, and about half of the captures are ordinary', () => {
  const attacks = INVENTIONS.flatMap((invention) => invention.attacks);
  expect(new Set(attacks.map(({ kind }) => kind))).toEqual(new Set(ATTACK_KINDS));
  for (const { kind, family } of attacks)
    expect(ATTACKS.find((attack) => attack.kind === kind)?.family, kind).toBe(family);
  expect(attacks.length / SEEDS.length).toBeGreaterThan(0.45);
  expect(attacks.length / SEEDS.length).toBeLessThan(0.65);
});

test('kinds that are left out do not occur, and the others still do', () => {
  const without = ATTACK_KINDS.filter((kind) => kind !== 'ssh-guess' && kind !== 'beacon');
  const found = SEEDS.flatMap((seed) => inventCapture(seed, { without }).attacks.map(({ kind }) => kind));
  expect(new Set(found)).toEqual(new Set(['ssh-guess', 'beacon']));
  const attacked = INVENTIONS.filter(({ attacks }) => attacks.length > 0).slice(0, 20);
  for (const { seed } of attacked) expect(inventCapture(seed, { without: ATTACK_KINDS }).attacks).toEqual([]);
});

test('no capture is empty or long, and an attack begins and ends with packets of its own', () => {
  for (const { seed, pcap, attacks } of INVENTIONS) {
    const packets = packetsOf(pcap);
    expect(packets.length, `seed ${seed}`).toBeGreaterThanOrEqual(5);
    expect(packets.length, `seed ${seed}`).toBeLessThan(8000);
    for (const { attackers, victims, protocol, startUs, endUs } of attacks) {
      const isAttack = (from: number, to: number) =>
        victims.includes(to) && (attackers.length === 0 || attackers.includes(from));
      const own = packets.filter(
        (packet) =>
          packet.protocol === protocol && (isAttack(packet.src, packet.dst) || isAttack(packet.dst, packet.src)),
      );
      expect(own[0].us, `seed ${seed}`).toBe(startUs);
      // What comes last may be a router's word about it.
      expect(endUs - own[own.length - 1].us, `seed ${seed}`).toBeLessThan(20e6);
    }
  }
});

test('the packet path reads every invented packet, and truth finds the attacks among its flows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubesecure-invented-'));
  const path = join(folder, 'capture.pcap');
  try {
    for (const invention of INVENTIONS.slice(0, 40)) {
      const { seed } = invention;
      await writeFile(path, invention.pcap);
      const { truths, packets, drops } = readWith(path, invention);
      expect(drops, `seed ${seed}`).toEqual({});
      expect(packets, `seed ${seed}`).toBe(packetsOf(invention.pcap).length);
      const attacked = truths.some(({ family, reversed }) => family !== null && !reversed);
      expect(attacked, `seed ${seed}`).toBe(invention.attacks.length > 0);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

function readWith(path: string, invention: InventedCapture) {
  const truthOfRow = truthOfInvention(invention);
  const truths: RowTruth[] = [];
  const { packets, drops } = runPacketFile({
    path,
    expiry: 'live',
    settings: SMALL_TABLES,
    onBatch: (batch) => {
      for (let row = 0; row < batch.count; row++) truths.push(truthOfRow(batch, row));
    },
  });
  return { truths, packets, drops: Object.fromEntries(Object.entries(drops).filter(([, count]) => count > 0)) };
}

/** The plainest reading of a capture in the one form that is written here. */
function packetsOf(pcap: Uint8Array) {
  const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.byteLength);
  const packets: { us: number; src: number; dst: number; protocol: number }[] = [];
  for (let at = 24; at < pcap.length; at += 16 + view.getUint32(at + 8, true)) {
    const ip = at + 16 + 14;
    packets.push({
      us: view.getUint32(at, true) * 1e6 + view.getUint32(at + 4, true),
      src: view.getUint32(ip + 12),
      dst: view.getUint32(ip + 16),
      protocol: view.getUint8(ip + 9),
    });
  }
  return packets;
}
