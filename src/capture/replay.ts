import { PACKET_WORDS, type PacketBatch } from '#core/packet-batch.ts';

/** Between two rounds of a looped capture, so that its last packets and its first ones are apart. */
const ROUND_GAP_US = 1_000_000;
/** Longest sleep, so that a stop is noticed soon. */
const LONGEST_SLEEP_MS = 50;

/**
 * Moves the packets of a capture to now and hands them on when their time has come: the first one is at `startedMs`,
 * packet time runs at its natural rate, and the clock runs `speed` times slower ('max': packets are not held back).
 */
export interface Replay {
  /** Hands the batch on in parts; waits in between. */
  take(batch: PacketBatch): void;
  /** The capture begins anew; its first packet comes a second after the last one. */
  startRound(): void;
  /** Packet time of the newest packet handed on, microseconds since the epoch; 0 before the first. */
  packetTimeUs(): number;
}

export function createReplay(options: {
  readonly speed: number | 'max';
  readonly startedMs: number;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => void;
  readonly stopped: () => boolean;
  readonly onBatch: (batch: PacketBatch) => void;
  /** Called before each sleep with the packet time that has been reached. */
  readonly onTime: (packetTimeUs: number) => void;
}): Replay {
  const startUs = options.startedMs * 1000;
  let shiftUs: number | null = null;
  let nextStartUs = startUs;
  let newestUs = 0;

  function reachedUs(): number {
    if (options.speed === 'max') return Infinity;
    return startUs + (options.now() * 1000 - startUs) * options.speed;
  }

  function sleepUntil(packetUs: number): void {
    const speed = options.speed === 'max' ? 1 : options.speed;
    options.onTime(reachedUs());
    options.sleep(Math.min(LONGEST_SLEEP_MS, Math.max(1, (packetUs - reachedUs()) / 1000 / speed)));
  }

  return {
    take(batch) {
      const { f64, count } = batch;
      const step = PACKET_WORDS / 2;
      shiftUs ??= nextStartUs - f64[0];
      for (let packet = 0; packet < count; packet++) f64[packet * step] += shiftUs;

      let from = 0;
      while (from < count && !options.stopped()) {
        const limitUs = reachedUs();
        let to = from;
        while (to < count && f64[to * step] <= limitUs) newestUs = Math.max(newestUs, f64[to++ * step]);
        if (to > from) options.onBatch(partOf(batch, from, to));
        from = to;
        if (from < count) sleepUntil(f64[from * step]);
      }
    },
    startRound() {
      shiftUs = null;
      nextStartUs = newestUs === 0 ? startUs : newestUs + ROUND_GAP_US;
    },
    packetTimeUs: () => newestUs,
  };
}

function partOf(batch: PacketBatch, from: number, to: number): PacketBatch {
  if (from === 0 && to === batch.count) return batch;
  return {
    count: to - from,
    capacity: to - from,
    i32: batch.i32.subarray(from * PACKET_WORDS, to * PACKET_WORDS),
    f64: batch.f64.subarray((from * PACKET_WORDS) / 2, (to * PACKET_WORDS) / 2),
  };
}
