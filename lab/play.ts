import type { CarriedOut } from './observe.ts';
import { pause } from './pause.ts';
import type { Activity, Attack, Lab, Plan } from './scenario.ts';

/**
 * Plays every activity at its time; resolves when the plan's time is over or the signal aborts. The first activity that
 * fails ends the others, and its error is thrown.
 */
export async function play(plan: Plan, lab: Lab, signal: AbortSignal): Promise<CarriedOut[]> {
  const failed = new AbortController();
  const until = AbortSignal.any([signal, failed.signal]);
  const attacks: Promise<CarriedOut>[] = plan.attacks.map((attack) => playAttack(attack, lab, until));
  const others: Promise<unknown>[] = plan.activities.map((activity) => playActivity(activity, lab, until));
  const all = [...attacks, ...others, pause(plan.durationMs, until)];

  await Promise.all(all).catch(async (error: unknown) => {
    failed.abort();
    await Promise.allSettled(all);
    throw error;
  });
  return Promise.all(attacks);
}

/** Waits for the activity's time, then plays it until it ends or its time is over. */
async function playActivity(activity: Activity, lab: Lab, until: AbortSignal): Promise<void> {
  await pause(activity.startMs, until);
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), activity.endMs - activity.startMs);
  try {
    if (!until.aborted) await activity.play(lab, AbortSignal.any([until, over.signal]));
  } finally {
    clearTimeout(timer);
  }
}

async function playAttack(attack: Attack, lab: Lab, until: AbortSignal): Promise<CarriedOut> {
  let fromUs = 0;
  const watched: Activity = {
    ...attack,
    play: (inner, signal) => {
      fromUs = Date.now() * 1_000;
      return attack.play(inner, signal);
    },
  };
  await playActivity(watched, lab, until);
  return { family: attack.family, fromUs, toUs: Date.now() * 1_000, ...attack.footprint(lab.hosts) };
}
