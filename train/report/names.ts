import { BASELINE_NAMES } from '../baselines/baseline.ts';

/** Everything that is compared: the parts of the product, the product itself (`combined`), and the baselines. */
export const DETECTOR_NAMES = ['combined', 'clstm', 'novelty', ...BASELINE_NAMES] as const;
export type DetectorName = (typeof DETECTOR_NAMES)[number];

export const SPLIT_NAMES = [
  'random',
  'run',
  'time',
  'family-hold-out',
  'cross-lab',
  'crops',
  'public-captures',
] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];

/** What a split asks, for the heading and the sentence below it. */
export const SPLIT_FACTS: Readonly<Record<SplitName, { title: string; question: string }>> = {
  random: {
    title: 'Random windows (optimistic)',
    question:
      'Windows of the same runs on both sides of the cut: neighbours of the test windows were trained on. It is here to show how far the usual headline is from the truth, and no floor rests on it.',
  },
  run: {
    title: 'Unseen runs of known attacks',
    question: 'Runs with parameters drawn anew; every family was in training.',
  },
  time: {
    title: 'Later in time',
    question: 'Learned from the first part of the time, tested on what came after.',
  },
  'family-hold-out': {
    title: 'Attacks held out of training',
    question: 'Nothing of these scenarios was in training: does a new attack show at all?',
  },
  'cross-lab': {
    title: 'Another lab',
    question: 'Other addresses, other server software, other delays than any run in training.',
  },
  crops: {
    title: 'Short plain captures',
    question: 'One host, a few dozen to a few hundred packets, no history and no cluster around it.',
  },
  'public-captures': {
    title: 'Public captures (second opinion)',
    question: 'Captures of others, not part of the repository; no rates can be had from them.',
  },
};
