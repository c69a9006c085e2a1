/** An attacker must not be able to choose keys that collide, so each process mixes with numbers of its own. */
export interface HashSeed {
  readonly first: number;
  readonly second: number;
}

/** Hash of a flow key, 32 bits. */
export function hashFlow(seed: HashSeed, low: number, high: number, ports: number, kind: number): number {
  let hash = Math.imul(low ^ seed.first, 0x9e3779b1);
  hash = Math.imul((hash ^ (hash >>> 15)) + high, 0x85ebca6b) ^ seed.second;
  hash = Math.imul((hash ^ (hash >>> 13)) + ports, 0xc2b2ae35);
  hash = Math.imul((hash ^ (hash >>> 16)) + kind, 0x27d4eb2f);
  return hash ^ (hash >>> 15);
}

export function randomHashSeed(): HashSeed {
  const words = crypto.getRandomValues(new Int32Array(2));
  return { first: words[0], second: words[1] };
}
