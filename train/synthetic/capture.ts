import type { Random } from '../random.ts';
import type { InventedAttack } from './attacks.ts';
import type { Scene } from './scene.ts';
import { createRandom } from '../random.ts';
import { ATTACKS } from './attacks.ts';
import { BENIGN_BEHAVIOURS } from './benign.ts';
import { toPcap } from './wire.ts';

/** An invented capture, and what in it was an attack. */
export interface InventedCapture {
  readonly pcap: Uint8Array;
  readonly attacks: readonly (InventedAttack & { readonly startUs: number; readonly endUs: number })[];
}

const EPOCH_US = 1_700_000_000_000_000;

/**
 * A capture of its own little world, all of it drawn from the seed: which behaviours, how many hosts, how far apart,
 * how fast, whether and how somebody attacks. It widens what the lab's few servers and tools can show.
 */
export function inventCapture(seed: number): InventedCapture {
  const random = createRandom(seed);
  const attacked = random.chance(0.55);
  const durationUs = random.logBetween(0.3, 70) * 1e6;
  const scene = createScene(random, EPOCH_US, EPOCH_US + durationUs);

  // An attack alone on the wire is as likely as one amid others' traffic.
  const behaviours = attacked ? random.pick([0, 0, 1, 2, 4]) : random.integer(1, 4);
  for (let i = 0; i < behaviours; i++) random.pick(BENIGN_BEHAVIOURS)(scene);
  if (!attacked) return { pcap: toPcap(scene.wire), attacks: [] };

  const startUs = EPOCH_US + (random.chance(0.4) ? 0 : durationUs * random.between(0, 0.6));
  const endUs = startUs + random.logBetween(1, 30) * 1e6;
  const attack = random.pick(ATTACKS)(createScene(random, startUs, endUs, scene));
  return { pcap: toPcap(scene.wire), attacks: [{ ...attack, startUs, endUs: endUs + 5e6 }] };
}

function createScene(random: Random, startUs: number, endUs: number, beside?: Scene): Scene {
  return { random, wire: beside?.wire ?? [], startUs, endUs, rttUs: beside?.rttUs ?? random.logBetween(40, 60_000) };
}
