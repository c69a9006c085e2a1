/** Two labs of the same scenarios: b has other software, other latencies and other addresses, and nothing learns from it. */
export const LAB_KINDS = ['a', 'b'] as const;
export type LabKind = (typeof LAB_KINDS)[number];

/** Seeds from 100 on are runs of lab b. */
export function labOf(seed: number): LabKind {
  return seed >= 100 ? 'b' : 'a';
}
