import type { SideCalibration } from '#detection/calibration.ts';
import type { Example } from './examples.ts';
import { createFeatureReader } from '#detection/feature-vector.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';

/** A calibration file need not hold more scores than this; the sample is drawn evenly. */
const MOST_SCORES = 4000;
/** A score below this is never called an attack, whatever the benign windows score. */
const LOWEST_THRESHOLD = 0.95;
/** Scaled to reach the same spread as a standard deviation, if values were normal. */
const MAD_TO_DEVIATION = 1.4826;

/**
 * What benign windows look like: their scores, the score that a share `alpha` of them reaches, and for each feature the
 * median and the median absolute deviation.
 */
export function calibrateSide(benign: readonly Example[], scores: readonly number[], alpha: number): SideCalibration {
  const descending = scores.toSorted((a, b) => b - a);
  const rank = Math.max(0, Math.floor(alpha * (descending.length + 1)) - 1);
  const step = Math.max(1, descending.length / MOST_SCORES);
  const kept = Array.from({ length: Math.floor(descending.length / step) }, (_, i) => descending[Math.floor(i * step)]);
  return {
    scores: kept.map((score) => Number(Math.min(1, Math.max(0, score)).toFixed(6))),
    threshold: Number(Math.max(LOWEST_THRESHOLD, descending[rank]).toFixed(4)),
    usual: usualOf(benign),
  };
}

function usualOf(benign: readonly Example[]): SideCalibration['usual'] {
  const reader = createFeatureReader(FEATURE_CONTRACT);
  const scaled = benign.map(({ newest }) => {
    const row = new Float32Array(reader.width);
    reader.scale(newest, 0, row, 0);
    return row;
  });
  return FEATURE_CONTRACT.features.map((_, i) => {
    const middle = medianOf(scaled.map((row) => row[i]));
    const deviation = medianOf(scaled.map((row) => Math.abs(row[i] - middle)));
    return {
      median: Number(medianOf(benign.map(({ newest }) => newest[i])).toPrecision(5)),
      spread: Number((deviation * MAD_TO_DEVIATION).toPrecision(5)),
    };
  });
}

function medianOf(values: number[]): number {
  return Float64Array.from(values).toSorted()[values.length >> 1];
}
