/** Counts by key, of bounded size: a flood with a million spoofed addresses must not cost a million entries. */
export interface Tally {
  add(key: string, amount: number): void;
  has(key: string): boolean;
  /** Part of everything counted that fell to this key, 0 to 1. */
  share(key: string): number;
  /** What this key counts beside the largest, 0 to 1. */
  ofLargest(key: string): number;
  /** Part of everything counted that fell to the largest key, 0 to 1. */
  largestShare(): number;
  /** Largest first. */
  top(limit: number): { readonly key: string; readonly count: number }[];
}

/** When it is full, the smaller half of the entries is forgotten; they go on counting in the total. */
export function createTally(capacity: number): Tally {
  let counts = new Map<string, number>();
  let total = 0;
  let largest = 0;

  const ranked = () => [...counts].toSorted(([, a], [, b]) => b - a);

  return {
    add(key, amount) {
      if (!counts.has(key) && counts.size >= capacity) counts = new Map(ranked().slice(0, capacity >> 1));
      const count = (counts.get(key) ?? 0) + amount;
      counts.set(key, count);
      largest = Math.max(largest, count);
      total += amount;
    },
    has: (key) => counts.has(key),
    share: (key) => (total === 0 ? 0 : (counts.get(key) ?? 0) / total),
    ofLargest: (key) => (largest === 0 ? 0 : (counts.get(key) ?? 0) / largest),
    largestShare: () => (total === 0 ? 0 : largest / total),
    top: (limit) =>
      ranked()
        .slice(0, limit)
        .map(([key, count]) => ({ key, count })),
  };
}
