import type { Family } from '#core/family.ts';
import type { Scene } from './scene.ts';

/** Whose packets an attack's are. */
export interface Footprint {
  /** Empty where every packet had another source. */
  readonly attackers: number[];
  readonly victims: number[];
  /** Null stands for any. */
  readonly port: number | null;
  readonly protocol: number;
}

/** One way to attack. */
export interface Attack {
  /** What it is, as the lab's scenarios are called; several attacks may be of one kind. */
  readonly kind: string;
  readonly family: Family;
  /** Plays it from the start of the scene; it ends when it has done enough, whatever the scene's end. */
  readonly play: (scene: Scene) => Footprint;
}
