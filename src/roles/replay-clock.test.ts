import { expect, test } from 'vitest';
import { packetClock, replayClock } from './replay-clock.ts';

const START_MS = 1_000_000;
const late = () => START_MS + 3_600_000;

test('at real speed packet time is the time of the clock', () => {
  const toWallMs = replayClock(1, START_MS, late);
  expect(toWallMs((START_MS + 8000) * 1000)).toBe(START_MS + 8000);
});

test('at four times the speed eight seconds of packets pass in two', () => {
  const toWallMs = replayClock(4, START_MS, late);
  expect(toWallMs((START_MS + 8000) * 1000)).toBe(START_MS + 2000);
});

test('what runs ahead of the clock is dated now', () => {
  const toWallMs = replayClock('max', START_MS, () => START_MS + 500);
  expect(toWallMs((START_MS + 8000) * 1000)).toBe(START_MS + 500);
});

test('a live packet has the time that the kernel gave it', () => {
  expect(packetClock(1_500_000)).toBe(1500);
});
