import { pause } from '../pause.ts';
import type { Random } from '../random.ts';
import type { Lab, Play } from '../scenario.ts';

/** One thing done; whatever it gives is ignored. */
export type Step = (lab: Lab, signal: AbortSignal) => Promise<unknown>;

/** Repeats a step with exponential pauses of mean `meanPauseMs` until the signal aborts; begins at a random moment. */
export function repeat(random: Random, meanPauseMs: number, step: Step): Play {
  return async (lab, signal) => {
    await pause(random.between(0, Math.min(meanPauseMs, 3_000)), signal);
    while (!signal.aborted) {
      await step(lab, signal);
      // Poisson arrivals, as independent people make them; cut off, so that a run is not one silence.
      await pause(Math.min(-Math.log(1 - random.unit()), 4) * meanPauseMs, signal);
    }
  };
}

/** Repeats a step at a fixed beat, as a timer does, until the signal aborts; a step that takes longer delays the next. */
export function every(periodMs: number, step: Step): Play {
  return async (lab, signal) => {
    while (!signal.aborted) {
      const next = performance.now() + periodMs;
      await step(lab, signal);
      await pause(Math.max(0, next - performance.now()), signal);
    }
  };
}

/** Repeats a step at a beat that strays by up to `jitter` (0 to 1) of the period, the first time after a part of one. */
export function everyAbout(random: Random, periodMs: number, jitter: number, step: Step): Play {
  return async (lab, signal) => {
    await pause(random.between(0, Math.min(periodMs, 5_000)), signal);
    while (!signal.aborted) {
      const next = performance.now() + periodMs * (1 + random.between(-jitter, jitter));
      await step(lab, signal);
      await pause(Math.max(0, next - performance.now()), signal);
    }
  };
}
