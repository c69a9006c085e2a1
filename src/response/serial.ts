import type { IngressRef } from '#core/decision.ts';

/** Runs the steps for one Ingress one after another; those for different ones go on side by side. */
export interface Serial {
  run<T>(ref: IngressRef | null, step: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is running any more. */
  idle(): Promise<void>;
}

export function createSerial(): Serial {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async run(ref, step) {
      const key = ref === null ? '' : `${ref.namespace}/${ref.name}`;
      const before = tails.get(key) ?? Promise.resolve();
      const result = before.then(step, step);
      tails.set(key, result);
      try {
        return await result;
      } finally {
        if (tails.get(key) === result) tails.delete(key);
      }
    },
    async idle() {
      while (tails.size > 0) await Promise.allSettled(tails.values());
    },
  };
}
