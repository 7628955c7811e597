/** How far numbers are from those that they should be. */

/** What cancels to less than this has the rounding errors of its parts. */
const SMALL = 0.01;

/** The largest difference, relative to the largest expected number or to `SMALL`. */
export function relativeError(got: Float32Array, expected: Float64Array): number {
  if (got.length !== expected.length) return Infinity;
  let [error, largest] = [0, SMALL];
  expected.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    const difference = Math.abs(got[i] - value);
    // Not a number is no small error, hence no Math.max.
    if (!(difference <= error)) error = difference;
  });
  return error / largest;
}
