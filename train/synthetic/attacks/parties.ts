import type { End } from '../conversation.ts';
import type { Scene } from '../scene.ts';
import { drawAddress, drawEphemeral, drawInside, drawOutside } from '../scene.ts';

/** A machine that attacks, inside as often as outside. */
export function drawAttacker({ random, onlyClient }: Scene): number {
  return onlyClient ?? drawAddress(random, 0.5);
}

/** A machine that is attacked. */
export function drawVictim({ random, onlyServer }: Scene): number {
  return onlyServer ?? drawAddress(random);
}

/** Somebody inside who talks to somebody outside, mostly; what is smuggled out goes that way. */
export function drawWayOut(scene: Scene, port: number): { ip: number; server: End } {
  const { random, onlyClient, onlyServer } = scene;
  const outwards = random.chance(0.75);
  return {
    ip: onlyClient ?? (outwards ? drawInside(random) : drawAddress(random)),
    server: { ip: onlyServer ?? (outwards ? drawOutside(random) : drawAddress(random)), port },
  };
}

/** One to a few sources, or a new one for each packet; `listed` is empty for the latter. */
export function drawSources(scene: Scene, spoofed = 0.4): { next(): number; listed: number[] } {
  const { random } = scene;
  if (random.chance(spoofed)) return { next: () => drawAddress(random), listed: [] };
  const listed = Array.from({ length: random.pick([1, 1, 1, 2, 5, 30]) }, () => drawAttacker(scene));
  return { next: () => random.pick(listed), listed };
}

/** Source ports counted up, as hping3 does, or drawn; now and then one for all, as from a reflector. */
export function drawSourcePorts({ random }: Scene): () => number {
  if (random.chance(0.12)) {
    const fixed = random.pick([53, 123, 1900, 11_211, random.integer(1024, 65_535)]);
    return () => fixed;
  }
  let port = random.integer(1024, 60_000);
  return random.chance(0.5) ? () => (port = 1024 + ((port - 1023) % 64_000)) : () => random.integer(1024, 65_535);
}

/** A port that a client opens from. */
export function drawClientEnd({ random }: Scene, ip: number): End {
  return { ip, port: drawEphemeral(random) };
}
