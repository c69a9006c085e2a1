import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MIB = 1024 * 1024;
/** What the allocator and the compiler may take after the warm-up. */
const ALLOWED_HEAP_BYTES = 24 * MIB;
const ALLOWED_RSS_BYTES = 96 * MIB;

export interface GrowthWatch {
  /** To be called after the warm-up. */
  mark(): Promise<void>;
  /** What grew too much since, in words; null if nothing did. */
  problem(): Promise<string | null>;
}

/** Watches the memory that is in use after a collection, and what the process has of the system. */
export function watchGrowth(): GrowthWatch {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let marked: { used: number; rss: number } | null = null;

  async function measure(): Promise<{ used: number; rss: number }> {
    await turn();
    // Buffers found dead by one collection are counted as free by the next.
    collect();
    collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    return { used: heapUsed + external, rss };
  }

  return {
    async mark() {
      marked = await measure();
    },
    async problem() {
      if (marked === null) return null;
      const now = await measure();
      const inMib = (bytes: number): string => (bytes / MIB).toFixed(1);
      if (now.used - marked.used > ALLOWED_HEAP_BYTES) {
        return `memory in use grew from ${inMib(marked.used)} to ${inMib(now.used)} MiB`;
      }
      if (now.rss - marked.rss > ALLOWED_RSS_BYTES) {
        return `the process grew from ${inMib(marked.rss)} to ${inMib(now.rss)} MiB`;
      }
      return null;
    },
  };
}
