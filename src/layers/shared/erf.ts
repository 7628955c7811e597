/**
 * The error function in double precision, which JavaScript lacks. Abramowitz and Stegun,
 * Handbook of Mathematical Functions, 7.1.6 (series) and 7.1.14 (continued fraction).
 */

/** Below it the series has fewer terms than the fraction, above it the other way round. */
const SERIES_UP_TO = 3;

export function erf(x: number): number {
  if (Math.abs(x) >= SERIES_UP_TO) return Math.sign(x) * (1 - tail(Math.abs(x)));
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Number.EPSILON * Math.abs(sum) * 0.1; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return ((2 * Math.exp(-x * x)) / Math.sqrt(Math.PI)) * sum;
}

/** `1 - erf(x)`, without cancellation for large `x`. */
export function erfc(x: number): number {
  return x >= SERIES_UP_TO ? tail(x) : 1 - erf(x);
}

const LEVELS = 60;

/** erfc by its continued fraction, for `x` of at least `SERIES_UP_TO`. */
function tail(x: number): number {
  let fraction = x;
  for (let level = LEVELS; level > 0; level--) fraction = x + level / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
