/** Turns packet time (microseconds) into the time of the machine's clock (milliseconds). */
export type ToWallMs = (packetUs: number) => number;

/**
 * A replay begins now and its packet time runs at its natural rate, while the clock runs `speed` times slower. Nothing
 * of a replay lies in the future, so what runs ahead (at full speed) is dated now.
 */
export function replayClock(speed: number | 'max', startedMs: number, now: () => number): ToWallMs {
  const divisor = speed === 'max' ? 1 : speed;
  return (packetUs) => Math.min(startedMs + (packetUs / 1000 - startedMs) / divisor, now());
}

/** Packet time is the time of the machine, or of the machine that made the capture. */
export const packetClock: ToWallMs = (packetUs) => packetUs / 1000;
