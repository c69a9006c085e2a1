import { expect, test } from 'vitest';
import { createEntityTable, identityOfSlot } from './entity-table.ts';
import { addressBits, createSeededHash } from './seeded-hash.ts';

const address = (last: number) =>
  Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, last >> 8, last & 255]);

test('an entity is found again, and side, protocol and port tell entities of one address apart', () => {
  const table = createEntityTable({ capacity: 64, hash: createSeededHash(1) });
  const keys = [
    [0, 0, 0],
    [1, 6, 80],
    [1, 6, 81],
    [1, 17, 80],
  ] as const;

  const slots = keys.map(([side, protocol, port]) => table.locate(side, address(1), 0, protocol, port));
  expect(new Set(slots).size).toBe(4);
  const again = keys.map(([side, protocol, port]) => table.locate(side, address(1), 0, protocol, port));
  expect(again).toEqual(slots);
  expect(table.fresh).toBe(false);
  expect(identityOfSlot(table, slots[3])).toEqual({ side: 1, protocol: 17, port: 80 });
});

test('a flood of new entities stays within capacity, is counted, and leaves those of higher rank alone', () => {
  const table = createEntityTable({ capacity: 64, hash: createSeededHash(7) });
  const regular = table.locate(0, address(1), 0, 0, 0);
  table.rank[regular] = 1000;

  for (let i = 2; i < 5000; i++) table.rank[table.locate(0, address(i), 0, 0, 0)] = 0;

  expect(table.size).toBe(64);
  expect(table.evicted).toBe(4999 - 64);
  expect(table.locate(0, address(1), 0, 0, 0)).toBe(regular);
  expect(table.fresh).toBe(false);
});

test('another seed spreads the same entities differently', () => {
  const slotsWith = (seed: number) => {
    const table = createEntityTable({ capacity: 1024, hash: createSeededHash(seed) });
    return Array.from({ length: 20 }, (_, i) => table.locate(0, address(i), 0, 0, 0));
  };
  expect(slotsWith(1)).not.toEqual(slotsWith(2));
});

test('by the hash of its address an entity is found in the same slot, negative when it is new', () => {
  const hash = createSeededHash(3);
  const table = createEntityTable({ capacity: 64, hash });
  const byHash = (last: number) => {
    const own = address(last);
    return table.locateHashed(addressBits(hash, own, 0), 1, own, 0, 6, 443);
  };
  const first = byHash(1);
  expect(first).toBeLessThan(0);
  expect(byHash(1)).toBe(~first);
  expect(table.locate(1, address(1), 0, 6, 443)).toBe(~first);
  expect(table.fresh).toBe(false);
});

test('kept apart, any number of clients pushes out no server', () => {
  const table = createEntityTable({ capacity: 64, hash: createSeededHash(5), apart: true });
  const servers = Array.from({ length: 30 }, (_, i) => table.locate(1, address(i), 0, 6, 80));
  const before = table.evicted;
  for (let i = 0; i < 5000; i++) table.rank[table.locate(0, address(i), 0, 0, 0)] = 1;

  expect(table.capacity).toBe(128);
  expect([table.sizeOf(0), table.sizeOf(1), table.size]).toEqual([64, 30 - before, 94 - before]);
  expect(Math.min(...servers)).toBeGreaterThanOrEqual(64);
});
