/** Integers up to here are exact as doubles. */
const HIGHEST_EXACT = 2 ** 53;

/**
 * Sample variance of integers from their count, sum and sum of squares; 0 for fewer than two. n * squares - sum^2 is
 * exact, so nothing is lost where the values are nearly equal.
 */
export function varianceOfIntegers(count: number, sum: number, squares: number): number {
  if (count < 2) return 0;
  const scaled = count * squares;
  const square = sum * sum;
  const difference =
    scaled <= HIGHEST_EXACT && square <= HIGHEST_EXACT
      ? scaled - square
      : Number(BigInt(count) * BigInt(squares) - BigInt(sum) * BigInt(sum));
  return difference / count / (count - 1);
}

/** Sample variance from count, sum, and the sum of squared deviations from `origin`; 0 for fewer than two values. */
export function shiftedVariance(count: number, sum: number, origin: number, squares: number): number {
  if (count < 2) return 0;
  const shiftedSum = sum - count * origin;
  return Math.max(0, (squares - (shiftedSum * shiftedSum) / count) / (count - 1));
}
