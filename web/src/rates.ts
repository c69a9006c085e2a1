/** Rates are means over this long. */
const WINDOW_MS = 5000;

/** The sensor's counters at one moment of the server's clock. */
export interface Sample {
  readonly atMs: number;
  readonly packets: number;
  readonly flows: number;
}

/** Per second; null until two samples are there. */
export interface Rates {
  readonly packetsPerSecond: number | null;
  readonly flowsPerSecond: number | null;
}

/** The samples of the window with a new one; a counter that fell began anew, so the old ones go. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last && last.atMs === sample.atMs) return samples;
  if (last && (sample.packets < last.packets || sample.flows < last.flows || sample.atMs < last.atMs)) return [sample];
  return [...samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS), sample];
}

/** Means between the first and the last sample. */
export function ratesOf(samples: readonly Sample[]): Rates {
  const [first, last] = [samples.at(0), samples.at(-1)];
  if (!first || !last || first.atMs === last.atMs) return { packetsPerSecond: null, flowsPerSecond: null };
  const seconds = (last.atMs - first.atMs) / 1000;
  return {
    packetsPerSecond: (last.packets - first.packets) / seconds,
    flowsPerSecond: (last.flows - first.flows) / seconds,
  };
}
