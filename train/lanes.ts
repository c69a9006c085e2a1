import type { Network, Weights } from './network.ts';

/** Numbers that one instruction of the trainer handles. */
const LANES = 4;

/**
 * Fills features up to whole instructions: the gradient of the first weight takes ten times as long where its rows are
 * not. What is filled up is always 0 and so are its weights; neither takes part in anything.
 */
export function createLanes({ entry }: Network<string>, features: number) {
  const width = Math.ceil(features / LANES) * LANES;
  const withRows = (weights: Weights<string>, from: number, to: number): Weights<string> => {
    const [, columns] = weights[entry.name].shape;
    const data = new Float32Array(entry.reports * to * columns);
    for (let report = 0; report < entry.reports; report++) {
      const begin = report * from * columns;
      const rows = weights[entry.name].data.subarray(begin, begin + Math.min(from, to) * columns);
      data.set(rows, report * to * columns);
    }
    return { ...weights, [entry.name]: { shape: [entry.reports * to, columns], data } };
  };
  return {
    width,
    widen: (weights: Weights<string>) => withRows(weights, features, width),
    narrow: (weights: Weights<string>) => withRows(weights, width, features),
  };
}
