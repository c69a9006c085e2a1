import { expect, test } from 'vitest';
import { createLoginGuard } from './login-guard.ts';

function guardAt(time: { ms: number }) {
  return createLoginGuard({ clock: { now: () => time.ms }, maxFailures: 3, lockMs: 60_000 });
}

test('the third wrong password in a row locks the account at that address, and at no other', () => {
  const guard = guardAt({ ms: 1000 });
  expect(guard.failed('admin', '10.0.0.1')).toBe(false);
  expect(guard.failed('admin', '10.0.0.1')).toBe(false);
  expect(guard.waitMs('admin', '10.0.0.1')).toBe(0);
  expect(guard.failed('admin', '10.0.0.1')).toBe(true);

  expect(guard.waitMs('admin', '10.0.0.1')).toBe(60_000);
  expect(guard.waitMs('admin', '10.0.0.2')).toBe(0);
  expect(guard.waitMs('eve', '10.0.0.1')).toBe(0);
});

test('a lock-out ends by itself and the count starts anew', () => {
  const time = { ms: 0 };
  const guard = guardAt(time);
  for (let i = 0; i < 3; i++) guard.failed('admin', '10.0.0.1');

  time.ms = 59_999;
  expect(guard.waitMs('admin', '10.0.0.1')).toBe(1);
  time.ms = 60_000;
  expect(guard.waitMs('admin', '10.0.0.1')).toBe(0);
  expect(guard.failed('admin', '10.0.0.1')).toBe(false);
});

test('a right password clears the count', () => {
  const guard = guardAt({ ms: 0 });
  guard.failed('admin', '10.0.0.1');
  guard.failed('admin', '10.0.0.1');
  guard.succeeded('admin', '10.0.0.1');
  expect(guard.failed('admin', '10.0.0.1')).toBe(false);
});

test('an account cannot be made to collide with another account at another address', () => {
  const guard = guardAt({ ms: 0 });
  for (let i = 0; i < 3; i++) guard.failed('a","b', 'c');
  expect(guard.waitMs('a', 'b","c')).toBe(0);
});

test('memory is bounded: the oldest of many guessed accounts is forgotten', () => {
  const guard = guardAt({ ms: 0 });
  for (let i = 0; i < 3; i++) guard.failed('first', '10.0.0.1');
  for (let i = 0; i < 10_000; i++) guard.failed(`guess-${i}`, '10.0.0.1');
  expect(guard.waitMs('first', '10.0.0.1')).toBe(0);
});
