import type { Random } from '../random.ts';
import type { TimeWindow } from '../scenario.ts';

/** A run's length and the attack in it, in one wave or two; some ordinary seconds come before and after. */
export interface Timing {
  readonly durationMs: number;
  readonly windows: readonly TimeWindow[];
}

/** Between two waves of one attack: long enough to be two. */
const GAP_MS = 6_000;
const QUICK: Timing = { durationMs: 10_000, windows: [{ startMs: 3_000, endMs: 7_000 }] };
/** Share of attacks that stop and come again. */
const WAVES_SHARE = 0.15;

/** Draws when the attack is: `least` to `most` seconds; two waves share them. */
export function drawTiming(
  random: Random,
  options: { quick: boolean; leastSeconds: number; mostSeconds: number; waves?: boolean },
): Timing {
  const { leastSeconds, mostSeconds, waves = true } = options;
  const leadMs = random.integer(5_000, 15_000);
  const attackMs = Math.round(random.between(leastSeconds, Math.max(leastSeconds, mostSeconds)) * 1_000);
  const restMs = random.integer(5_000, 9_000);
  const isTwo = random.chance(WAVES_SHARE) && waves && attackMs >= 8_000;
  if (options.quick) return QUICK;

  const waveMs = isTwo ? Math.round(attackMs / 2) : attackMs;
  const first = { startMs: leadMs, endMs: leadMs + waveMs };
  const windows = isTwo ? [first, shifted(first, waveMs + GAP_MS)] : [first];
  return { durationMs: windows[windows.length - 1].endMs + restMs, windows };
}

/**
 * How long a flood may last, in seconds: now and then a burst, and never more packets (or requests) in all than
 * `budget`, so that captures stay small.
 */
export function drawFloodSeconds(
  random: Random,
  flood: { perSecond: number; budget: number },
): { leastSeconds: number; mostSeconds: number } {
  const affordable = Math.max(3, flood.budget / flood.perSecond);
  const wanted = random.chance(0.35) ? { least: 3, most: 8 } : { least: 15, most: 40 };
  return { leastSeconds: Math.min(wanted.least, affordable), mostSeconds: Math.min(wanted.most, affordable) };
}

function shifted(window: TimeWindow, byMs: number): TimeWindow {
  return { startMs: window.startMs + byMs, endMs: window.endMs + byMs };
}
