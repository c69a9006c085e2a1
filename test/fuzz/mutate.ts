import type { Chance } from '../packets/random.ts';

/** Values that lengths and types like to be wrong with. */
const WORDS = [0, 1, 3, 4, 8, 12, 20, 28, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
const HALVES = [0, 1, 4, 7, 8, 20, 40, 0x0800, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8864, 0x7fff, 0x8000, 0x1fff, 0xffff];

/**
 * Damages the first `length` bytes in one of many ways and returns how many there are then: never more than
 * `bytes.length`. Half of the damage goes to the first 64 bytes, where headers are.
 */
export function mutate(chance: Chance, bytes: Buffer, length: number): number {
  if (length === 0) return 0;
  const at = chance.oneIn(2) ? chance.below(Math.min(64, length)) : chance.below(length);
  switch (chance.below(9)) {
    case 0:
      for (let i = chance.between(1, 3); i > 0; i--) bytes[chance.below(length)] ^= 1 << chance.below(8);
      return length;
    case 1:
      bytes[at] ^= 1 << chance.below(8);
      return length;
    case 2:
      bytes[at] = chance.pick([0, 1, 0x0f, 0x40, 0x45, 0x4f, 0x60, 0x7f, 0x80, 0xff, chance.below(256)]);
      return length;
    case 3:
      if (at + 2 <= length) bytes.writeUInt16BE(chance.pick(HALVES), at);
      return length;
    case 4:
      return setWord(chance, bytes, length, at & ~3);
    case 5:
      return chance.below(length + 1);
    case 6:
      bytes.copyWithin(at, chance.below(length), chance.below(length + 1)); // may reach behind the length
      return length;
    case 7:
      fillRandom(chance, bytes, at, Math.min(length, at + chance.between(1, 40)));
      return length;
    default: {
      const longer = Math.min(bytes.length, length + chance.between(1, 60));
      fillRandom(chance, bytes, length, longer);
      return longer;
    }
  }
}

function setWord(chance: Chance, bytes: Buffer, length: number, at: number): number {
  if (at + 4 > length) return length;
  const word = chance.oneIn(4) ? bytes.readUInt32LE(at) + chance.pick([-4, -1, 1, 4, 400]) : chance.pick(WORDS);
  if (chance.oneIn(3)) bytes.writeUInt32BE(word >>> 0, at);
  else bytes.writeUInt32LE(word >>> 0, at);
  return length;
}

function fillRandom(chance: Chance, bytes: Buffer, from: number, to: number): void {
  for (let at = from; at < to; at++) bytes[at] = chance.below(256);
}
