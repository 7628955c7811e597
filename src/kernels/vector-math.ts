/**
 * Exponential, logarithm and their kin on vectors, with polynomials in the style of Cephes
 * (S. Moshier). Errors are the largest found over a dense sweep of float32 arguments,
 * relative to the true value unless said otherwise (`test/kernels/vector-math.test.ts`).
 */
import type { KernelBuilder } from "./builder.ts";
import {
  type Vector,
  abs,
  add,
  constant,
  divide,
  exponent,
  fma,
  less,
  mantissa,
  max,
  min,
  multiply,
  negate,
  powerOfTwo,
  round,
  select,
  subtract,
} from "./ir.ts";

const one = constant(1);

/** `Σ coefficients[i] · x^(n-1-i)`, highest power first (Horner). */
function polynomial(x: Vector, coefficients: readonly number[]): Vector {
  const [first, ...rest] = coefficients;
  return rest.reduce<Vector>((sum, c) => fma(sum, x, constant(c)), constant(first));
}

/** ln 2 in two parts, so that n·ln 2 is subtracted without loss. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;

/** Coefficients of (e^r - 1 - r) / r² on |r| ≤ ln 2 / 2; Cephes expf. */
const EXP = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
  5.0000001201e-1,
];

/** e^x with error 2e-7; arguments beyond ±87 count as ±87, whose results are normal numbers. */
export function exp(b: KernelBuilder, x: Vector): Vector {
  const bounded = b.let(min(max(x, constant(-87)), constant(87)));
  const n = b.let(round(multiply(bounded, constant(Math.LOG2E))));
  const r = b.let(fma(n, constant(-LN2_LOW), fma(n, constant(-LN2_HIGH), bounded)));
  const fraction = fma(polynomial(r, EXP), multiply(r, r), add(r, one));
  return multiply(fraction, powerOfTwo(n));
}

/** Coefficients of (log(1 + f) - f + f²/2) / f³ for 1 + f in [√½, √2]; Cephes logf. */
const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];

/** log x of normal positive x, with error 2e-7 relative or absolute, whichever is larger. */
export function log(b: KernelBuilder, x: Vector): Vector {
  const value = b.let(x);
  const m = b.let(mantissa(value));
  const high = less(constant(Math.SQRT2), m);
  const f = b.let(subtract(select(high, multiply(m, constant(0.5)), m), one));
  const e = b.let(add(exponent(value), select(high, one, constant(0))));
  const square = b.let(multiply(f, f));
  const cubic = multiply(multiply(polynomial(f, LOG), f), square);
  const small = fma(e, constant(LN2_LOW), fma(square, constant(-0.5), cubic));
  return fma(e, constant(LN2_HIGH), add(f, small));
}

/** log(1 + x) for x in [0, 1], exact in x where 1 + x rounds. */
export function log1p(b: KernelBuilder, x: Vector): Vector {
  const value = b.let(x);
  const sum = b.let(add(one, value));
  const lost = subtract(value, subtract(sum, one));
  return add(log(b, sum), divide(lost, sum));
}

/** Coefficients of (tanh x - x) / x³ in x² for |x| < 0.625; Cephes tanhf. */
const TANH = [
  -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1,
];

/** tanh x with error 3e-7. */
export function tanh(b: KernelBuilder, x: Vector): Vector {
  const value = b.let(x);
  const size = b.let(abs(value));
  const square = b.let(multiply(value, value));
  const near = fma(multiply(polynomial(square, TANH), square), value, value);
  const decay = b.let(exp(b, multiply(size, constant(-2))));
  const far = b.let(divide(subtract(one, decay), add(one, decay)));
  const signed = select(less(value, constant(0)), negate(far), far);
  return select(less(size, constant(0.625)), near, signed);
}

/** Abramowitz and Stegun 7.1.26: p and the coefficients of t, highest power first. */
const ERF_P = 0.3275911;
const ERF = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592, 0];

/** The error function with absolute error 5e-7. */
export function erf(b: KernelBuilder, x: Vector): Vector {
  const value = b.let(x);
  const size = b.let(abs(value));
  const t = b.let(divide(one, fma(size, constant(ERF_P), one)));
  const tail = multiply(polynomial(t, ERF), exp(b, negate(multiply(size, size))));
  const positive = b.let(subtract(one, tail));
  return select(less(value, constant(0)), negate(positive), positive);
}
