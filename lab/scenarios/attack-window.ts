import type { Random } from '../random.ts';
import type { TimeWindow } from '../scenario.ts';

/** Between two waves of one attack: long enough to be two. */
const GAP_MS = 6_000;

/** A run's length and one attack in it, sometimes in two waves; some ordinary seconds come before and after. */
export function drawWindow(
  random: Random,
  options: { quick: boolean; mostSeconds: number },
): { durationMs: number; windows: TimeWindow[] } {
  if (options.quick) return { durationMs: 9_000, windows: [{ startMs: 3_000, endMs: 6_000 }] };

  const leadMs = random.integer(6_000, 14_000);
  const attackMs = Math.min(random.integer(3_000, 12_000), options.mostSeconds * 1_000);
  const first = { startMs: leadMs, endMs: leadMs + attackMs };
  const windows = random.chance(0.2) ? [first, shifted(first, attackMs + GAP_MS)] : [first];
  const restMs = random.integer(5_000, 10_000);
  return { durationMs: windows[windows.length - 1].endMs + restMs, windows };
}

function shifted(window: TimeWindow, byMs: number): TimeWindow {
  return { startMs: window.startMs + byMs, endMs: window.endMs + byMs };
}
