/** The CLSTM with a part taken away. */
import { numpy as np } from '@jax-js/jax';
import {
  convolutionWeights,
  convolveTwice,
  decide,
  decisionWeights,
  KERNEL,
  lastState,
  lstmWeights,
  type Network,
} from '../network.ts';

/** The network with other inputs at 0, in training and after: those of which `sees` says no. Step 0 is the oldest report. */
export function onlySeeing(
  network: Network<string>,
  sees: (step: number, feature: number) => boolean,
): Network<string> {
  return {
    ...network,
    forward: (parameters, windows, keep) => {
      const [, steps, width] = windows.shape;
      const mask = Float32Array.from({ length: steps * width }, (_, i) =>
        sees(Math.floor(i / width), i % width) ? 1 : 0,
      );
      const seen = windows.mul(np.array(mask).reshape([1, steps, width]));
      return network.forward(parameters, seen, keep);
    },
  };
}

type WithoutConvolution = 'lstmInput' | 'lstmState' | 'lstmBias' | 'dense' | 'denseBias' | 'head' | 'headBias';

/** The LSTM reads the features themselves. */
export const WITHOUT_CONVOLUTION: Network<WithoutConvolution> = {
  initialWeights: ({ features, hidden, dense, classes }, random) => ({
    ...lstmWeights(features, hidden, random),
    ...decisionWeights(hidden, dense, classes, random),
  }),
  forward: (p, windows, keep) => decide(p, lastState(p, windows), keep),
  entry: { name: 'lstmInput', reports: 1 },
};

type WithoutLstm = 'conv1' | 'conv1Bias' | 'conv2' | 'conv2Bias' | 'dense' | 'denseBias' | 'head' | 'headBias';

/** The head reads the mean over the window of what the convolutions say. */
export const WITHOUT_LSTM: Network<WithoutLstm> = {
  initialWeights: ({ features, filters, dense, classes }, random) => ({
    ...convolutionWeights(features, filters, random),
    ...decisionWeights(filters, dense, classes, random),
  }),
  forward: (p, windows, keep) => decide(p, np.mean(convolveTwice(p, windows), 1), keep),
  entry: { name: 'conv1', reports: KERNEL },
};
