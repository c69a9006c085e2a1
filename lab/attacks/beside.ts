import { KubeSecureError } from '#core/error.ts';
import type { Host } from '../addresses.ts';
import { pause } from '../pause.ts';
import type { Lab } from '../scenario.ts';

const RETRY_MS = 100;

/** A program that an attack needs elsewhere: runs until the signal aborts, and gives null when it was stopped. */
export type Helper = (until: AbortSignal) => Promise<number | null>;

/**
 * Runs an attack beside its helpers (a listener, a name server), which end with it. Throws `internal` when a helper ends
 * before: the attack would go on against nobody.
 */
export async function beside(
  helpers: readonly Helper[],
  attack: (until: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const stop = () => over.abort();
  const results = await Promise.allSettled([
    attack(until).finally(stop),
    ...helpers.map((helper) => keepUp(helper, until).finally(stop)),
  ]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Asks a helper on its own machine, where the capture does not hear it, until it answers or the attack is over. */
export async function untilReady(lab: Lab, host: Host, question: readonly string[], until: AbortSignal): Promise<void> {
  while (!until.aborted && (await lab.run(host, question, until)) !== 0) await pause(RETRY_MS, until);
}

async function keepUp(helper: Helper, until: AbortSignal): Promise<void> {
  const code = await helper(until);
  if (until.aborted) return;
  throw new KubeSecureError('internal', `while an attack went on: its helper ended with ${code ?? 'a signal'}`);
}
