import { expect, test } from 'vitest';
import { addressBits, createSeededHash, mixBits, portBits } from './seeded-hash.ts';

const SLOTS = 64;
const SEEDS = 1000;

function ipv4(word: number): Uint8Array {
  const address = new Uint8Array(16);
  address.set([0xff, 0xff, word >>> 24, word >>> 16, word >>> 8, word], 10);
  return address;
}

/** Mean and variance, over seeds, of how many of 64 slots the keys fall into. */
function occupation(keys: number, bitsOf: (seed: number) => (key: number) => number) {
  const used = Array.from({ length: SEEDS }, (_, seed) => {
    const bits = bitsOf(seed * 7919);
    const taken = new Set<number>();
    for (let key = 0; key < keys; key++) taken.add(mixBits(bits(key)) & (SLOTS - 1));
    return taken.size;
  });
  const mean = used.reduce((sum, n) => sum + n, 0) / used.length;
  return { mean, variance: used.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (used.length - 1) };
}

/** The same for keys thrown at random (Whang et al. 1990, by counting pairs of empty slots). */
function expectation(keys: number) {
  const empty = (1 - 1 / SLOTS) ** keys;
  const twoEmpty = (1 - 2 / SLOTS) ** keys;
  return {
    mean: SLOTS * (1 - empty),
    variance: SLOTS * empty + SLOTS * (SLOTS - 1) * twoEmpty - (SLOTS * empty) ** 2,
  };
}

test.each([
  ['neighbouring ports', (seed: number) => portKeys(seed, (i) => 1000 + i)],
  ['ports that differ in the upper byte only', (seed: number) => portKeys(seed, (i) => i * 256)],
  ['neighbouring addresses', (seed: number) => addressKeys(seed, (i) => 0x0a4d_0000 + i)],
  ['a grid of addresses', (seed: number) => addressKeys(seed, (i) => 0x0a4d_0000 + ((i >> 3) << 8) + (i & 7))],
])('%s fall into slots as if thrown at random', (_, bitsOf) => {
  for (const keys of [10, 64, 128]) {
    const { mean, variance } = occupation(keys, bitsOf);
    const ideal = expectation(keys);
    // Five standard errors of the mean, and of the variance (about sqrt(2 / SEEDS) of it).
    expect(Math.abs(mean - ideal.mean)).toBeLessThan(5 * Math.sqrt(ideal.variance / SEEDS));
    expect(variance / ideal.variance).toBeGreaterThan(1 - 5 * Math.sqrt(2 / SEEDS));
    expect(variance / ideal.variance).toBeLessThan(1 + 5 * Math.sqrt(2 / SEEDS));
  }
});

test('addresses that share a slot under one seed are spread by another', () => {
  const slotBy = (seed: number) => {
    const hash = createSeededHash(seed);
    return (word: number) => mixBits(addressBits(hash, ipv4(word), 0)) & (SLOTS - 1);
  };
  const [known, other] = [slotBy(1), slotBy(2)];
  const chosen = Array.from({ length: 40_000 }, (_, i) => i).filter((word) => known(word) === 0);
  expect(chosen.length).toBeGreaterThan(500);
  expect(new Set(chosen.map(other)).size).toBe(SLOTS);
});

test('one seed gives one hash, and every byte of the key counts', () => {
  const [hash, again] = [createSeededHash(9), createSeededHash(9)];
  const plain = addressBits(hash, new Uint8Array(16), 0);
  expect(addressBits(again, new Uint8Array(16), 0)).toBe(plain);
  for (let byte = 0; byte < 16; byte++) {
    const changed = new Uint8Array(20);
    changed[4 + byte] = 1;
    expect(addressBits(hash, changed, 4)).not.toBe(plain);
  }
  expect(new Set([0x0101, 0x0102, 0x0201].flatMap((port) => [6, 17].map((p) => portBits(hash, p, port)))).size).toBe(6);
});

function portKeys(seed: number, portOf: (key: number) => number) {
  const hash = createSeededHash(seed);
  return (key: number) => portBits(hash, 6, portOf(key) & 0xffff);
}

function addressKeys(seed: number, wordOf: (key: number) => number) {
  const hash = createSeededHash(seed);
  return (key: number) => addressBits(hash, ipv4(wordOf(key)), 0);
}
