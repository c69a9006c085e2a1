/** Where the true value lies with the confidence that was asked for. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export const CONFIDENCE = 0.95;

/**
 * Exact interval for a share of which `successes` of `trials` were seen (Clopper and Pearson 1934): it covers the true share at
 * least as often as stated, and leaves half of the rest to either side, even where all or none succeeded. [0, 1] for no trial.
 */
export function clopperPearson(successes: number, trials: number, confidence = CONFIDENCE): Interval {
  const tail = (1 - confidence) / 2;
  const atLeast = (from: number) => (share: number) => binomialTail(from, trials, share);
  return {
    low: successes === 0 ? 0 : whereReaches(atLeast(successes), tail, 0, 1),
    high: successes === trials ? 1 : whereReaches(atLeast(successes + 1), 1 - tail, 0, 1),
  };
}

/**
 * Exact interval for the mean of a Poisson count (Garwood 1936), with half of the rest on either side: 0 seen gives [0, 3.69]
 * at 95 %. It takes events to be independent; those of one run may not be.
 */
export function poissonInterval(events: number, confidence = CONFIDENCE): Interval {
  const tail = (1 - confidence) / 2;
  const most = events + 20 + 10 * Math.sqrt(events + 1);
  const atLeast = (from: number) => (mean: number) => 1 - poissonBelow(from, mean);
  return {
    low: events === 0 ? 0 : whereReaches(atLeast(events), tail, 0, most),
    high: whereReaches(atLeast(events + 1), 1 - tail, 0, most),
  };
}

/** Chance of `from` or more successes. */
function binomialTail(from: number, trials: number, share: number): number {
  if (share <= 0) return from === 0 ? 1 : 0;
  if (share >= 1) return 1;
  let logChoose = 0;
  let sum = 0;
  for (let i = 0; i <= trials; i++) {
    if (i >= from) sum += Math.exp(logChoose + i * Math.log(share) + (trials - i) * Math.log1p(-share));
    logChoose += Math.log((trials - i) / (i + 1));
  }
  return Math.min(1, sum);
}

/** Chance of fewer than `events`. */
function poissonBelow(events: number, mean: number): number {
  if (mean <= 0) return 1;
  let logWays = 0;
  let sum = 0;
  for (let i = 0; i < events; i++) {
    sum += Math.exp(i * Math.log(mean) - mean - logWays);
    logWays += Math.log(i + 1);
  }
  return Math.min(1, sum);
}

/** Where the increasing function reaches the value, by bisection down to the last bits. */
function whereReaches(increasing: (x: number) => number, value: number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (increasing(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
