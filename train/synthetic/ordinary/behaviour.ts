import type { Scene } from '../scene.ts';

/** One kind of ordinary behaviour, played from the start to the end of a scene. */
export type Behaviour = (scene: Scene) => void;
