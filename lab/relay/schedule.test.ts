import { expect, test } from 'vitest';
import { pause } from '../pause.ts';
import { createSchedule } from './schedule.ts';

test('actions happen when they are due, not before, whatever the order they were entered in', async () => {
  const schedule = createSchedule();
  const seen: { name: string; lateMs: number }[] = [];
  const enter = (name: string, afterMs: number) => {
    const dueMs = performance.now() + afterMs;
    schedule.at(dueMs, () => seen.push({ name, lateMs: performance.now() - dueMs }));
  };
  enter('third', 60);
  enter('first', 5);
  enter('second', 30);
  enter('overdue', -10);
  await pause(150);
  expect(seen.map(({ name }) => name)).toEqual(['overdue', 'first', 'second', 'third']);
  for (const { name, lateMs } of seen) if (name !== 'overdue') expect(lateMs).toBeGreaterThanOrEqual(0);

  enter('after a rest', 5);
  await pause(100);
  expect(seen.at(-1)?.name).toBe('after a rest');
});

test('actions due at the same time keep the order they were entered in', async () => {
  const schedule = createSchedule();
  const seen: number[] = [];
  const dueMs = performance.now() + 10;
  for (let index = 0; index < 100; index++) schedule.at(dueMs, () => seen.push(index));
  await pause(80);
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index));
});
