/** What is taken away, one part at a time, to see what it is worth. */
import { FEATURE_CONTRACT } from '#features/contract.ts';
import type { FeatureSpec } from '#core/feature-contract.ts';
import { WINDOW_LENGTH } from '../examples.ts';
import { CLSTM, type Network } from '../network.ts';
import { onlySeeing, WITHOUT_CONVOLUTION, WITHOUT_LSTM } from './networks.ts';

export interface Variant {
  readonly name: string;
  /** In words. */
  readonly title: string;
  readonly network: Network<string>;
  /** Whether it learns from invented captures, too. */
  readonly inventions: boolean;
}

/** The first is the whole model. */
export const VARIANTS: readonly Variant[] = [
  { name: 'full', title: 'the model as it is', network: CLSTM, inventions: true },
  {
    name: 'without-context',
    title: 'without context (facts and CIC columns of flows)',
    network: withoutSource('context'),
    inventions: true,
  },
  {
    name: 'without-flow',
    title: 'without CIC columns (facts and context)',
    network: withoutSource('cic'),
    inventions: true,
  },
  ...[1, 4, 8].map((reports) => ({
    name: `length-${reports}`,
    title: `the newest ${reports === 1 ? 'report' : `${reports} reports`} of ${WINDOW_LENGTH}`,
    network: onlySeeing(CLSTM, (step) => step >= WINDOW_LENGTH - reports),
    inventions: true,
  })),
  {
    name: 'without-convolution',
    title: 'without convolutions (LSTM on the features)',
    network: WITHOUT_CONVOLUTION,
    inventions: true,
  },
  {
    name: 'without-lstm',
    title: 'without LSTM (mean over the window)',
    network: WITHOUT_LSTM,
    inventions: true,
  },
  { name: 'without-inventions', title: 'without inventions (lab alone)', network: CLSTM, inventions: false },
];

function withoutSource(source: FeatureSpec['source']): Network<string> {
  return onlySeeing(CLSTM, (_, feature) => FEATURE_CONTRACT.features.at(feature)?.source !== source);
}
