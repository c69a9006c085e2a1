import { expect, test } from 'vitest';
import { pause } from '../pause.ts';
import { beside } from './beside.ts';

const NEVER = new AbortController().signal;

async function untilStopped(until: AbortSignal): Promise<null> {
  await pause(60_000, until);
  return null;
}

test('helpers end with the attack', async () => {
  const ended: string[] = [];
  const helper = async (until: AbortSignal) => {
    await untilStopped(until);
    ended.push('helper');
    return null;
  };
  await beside([helper], () => Promise.resolve(), NEVER);
  expect(ended).toEqual(['helper']);
});

test('a helper that ends before the attack ends it, and is an error', async () => {
  const attack = beside([() => Promise.resolve(1)], untilStopped, NEVER);
  await expect(attack).rejects.toThrow('while an attack went on: its helper ended with 1');
});

test('all end when the run does', async () => {
  const over = new AbortController();
  const running = beside([untilStopped], untilStopped, over.signal);
  over.abort();
  await expect(running).resolves.toBeUndefined();
});
