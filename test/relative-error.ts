/** How far numbers are from those that they should be. */

/** What cancels to less than this has the rounding errors of its parts. */
const SMALL = 0.01;

/** The largest difference, relative to the largest expected number or to `SMALL`. */
export function relativeError(got: Float32Array, expected: Float64Array): number {
  if (got.length !== expected.length) return Infinity;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), SMALL);
  return largestDifference(got, expected) / largest;
}

/** Not a number as soon as one is where a number should be, and so no small error. */
export function largestDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const [value, wanted] = [got[i], expected[i]];
    if (value === wanted || Object.is(value, wanted)) continue;
    // `Math.max` of anything and NaN is NaN.
    largest = Math.max(largest, Math.abs(value - wanted));
  }
  return largest;
}
