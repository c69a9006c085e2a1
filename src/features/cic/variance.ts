/** Integers below this are exact as doubles. */
const LOWEST_INEXACT = 2 ** 53;

/**
 * Sample variance of integers from their count, sum and sum of squares; 0 for fewer than two. n * squares - sum^2 is
 * exact, so nothing is lost where the values are nearly equal.
 */
export function varianceOfIntegers(count: number, sum: number, squares: number): number {
  if (count < 2) return 0;
  const scaled = count * squares;
  // sum^2 is never above n * squares.
  const difference = scaled < LOWEST_INEXACT ? scaled - sum * sum : greatDifference(count, sum, squares);
  return difference / count / (count - 1);
}

/** For flows of tens of thousands of packets and more. */
function greatDifference(count: number, sum: number, squares: number): number {
  return Number(BigInt(count) * BigInt(squares) - BigInt(sum) * BigInt(sum));
}

/** Sample variance from count, sum, and the sum of squared deviations from `origin`; 0 for fewer than two values. */
export function shiftedVariance(count: number, sum: number, origin: number, squares: number): number {
  if (count < 2) return 0;
  const shiftedSum = sum - count * origin;
  return Math.max(0, (squares - (shiftedSum * shiftedSum) / count) / (count - 1));
}
